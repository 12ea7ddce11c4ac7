"""Writes a C++ file that holds the given files as byte strings: embed.py OUT ROOT FILE..."""
import pathlib
import sys

out, root, files = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:]
rows = []
for index, name in enumerate(sorted(files)):
    rows.append(f'    {{"{name}", {{reinterpret_cast<const char*>(redraft_blob_{index}), '
                f'static_cast<std::size_t>(redraft_blob_{index}_end - redraft_blob_{index})}}}},')
asm = '\n'.join(f'''__asm__(".section .rodata\\n.balign 16\\n.global redraft_blob_{i}\\nredraft_blob_{i}:\\n"
        ".incbin \\"{root / n}\\"\\n.global redraft_blob_{i}_end\\nredraft_blob_{i}_end:\\n.byte 0\\n.previous\\n");
extern "C" const unsigned char redraft_blob_{i}[], redraft_blob_{i}_end[];''' for i, n in enumerate(sorted(files)))
text = f'''// Made by cmake/embed.py: do not edit.
#include "redraft/base/assets.h"

{asm}

namespace redraft {{
std::span<const Asset> Assets() {{
  static const Asset kAssets[] = {{
{chr(10).join(rows)}
  }};
  return kAssets;
}}
}}  // namespace redraft
'''
if not out.exists() or out.read_text() != text:
    out.write_text(text)
