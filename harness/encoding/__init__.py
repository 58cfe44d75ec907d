"""From a data set to folders of vectors, with whatever encoder is given."""
