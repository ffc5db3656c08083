"""The log view: all events merged by time, or some of them, drawn line by line."""
