"""The classroom: exercises with a student's own numbers, two editions of each, and grading.

A student's notebook imports :mod:`~aiimpact.classroom.numbers` and
:mod:`~aiimpact.classroom.checks`, which need nothing but this library. The teacher's half is
:mod:`~aiimpact.classroom.grading`, which needs the extra `classroom`: `python -m aiimpact.classroom --help`.
"""
