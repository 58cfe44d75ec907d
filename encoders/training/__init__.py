"""What both trainings share: settings, order, processes, a work folder that is gone on from."""
