"""The only place that knows the JVM: find and start it, build, search and read Lucene indexes.

- `java` finds a suitable Java; `jvm` starts it inside this process.
- ``kernel/`` is the Java side (`kernel.jar` is built from it by `build_kernel`): it feeds Lucene
  from packed arrays and hands results back in bulk. Everything that is policy is Python.
- `impact_index` and `text_index` are what the rest of the harness uses.
"""

from __future__ import annotations
