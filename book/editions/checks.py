def of_catalogues(files):
    return []
