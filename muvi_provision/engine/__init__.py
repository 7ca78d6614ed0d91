"""Find, compare, record the intent, create, record the result, update, wait. Knows verbs and no AWS noun."""
