"""Where an encoder computes: choosing a device, its memory, copies to it and back, work ahead."""
