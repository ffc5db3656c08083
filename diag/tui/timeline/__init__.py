"""What happened when: lanes of marks and counts over the time of a case."""
