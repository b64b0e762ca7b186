"""The book in other languages, from one source.

``python book/editions messages`` reads all texts of the book into the catalogues below ``book/locale``;
what changed is marked as stale. Translate with any editor of PO files, then ``python book/editions
check`` (or ``check FILE.po``) says what is wrong, with ``--complete`` also what is missing or stale, and ``python book/editions tree`` writes the translated sources, which
``make book`` builds. ``todo FILE.po`` prints what a catalogue lacks, ``fill FILE.po texts.json`` fills it.
"""
