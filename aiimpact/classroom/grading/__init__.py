"""The teacher's half of the classroom: editions, the sandbox, grading and the tables that come of it."""
