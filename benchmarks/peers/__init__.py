"""The systems we are measured against, each in a process of its own."""
