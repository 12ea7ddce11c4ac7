#!/usr/bin/env python3
"""check_tree.py finds each kind of violation, and nothing in a tree that keeps the rules."""
import pathlib
import tempfile
import unittest

import check_tree


class CheckTree(unittest.TestCase):
    def violations(self, name, text):
        """What is found in a tree of one file."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True)
            path.write_text(text)
            return list(check_tree.violations(pathlib.Path(folder)))

    def test_lower_levels_and_the_own_module_may_be_included(self):
        self.assertEqual([], self.violations("redraft/rank/a.h", '#include "redraft/stats/b.h"\n#include "redraft/rank/c.h"\n'))

    def test_higher_and_equal_levels_may_not(self):
        self.assertIn("rank (level 3) includes llm (level 4)", self.violations("redraft/rank/a.cpp", '#include "redraft/llm/b.h"\n')[0])
        self.assertIn("text (level 2) includes stats (level 2)", self.violations("redraft/text/a.h", '\n#include "redraft/stats/b.h"\n')[0])
        self.assertIn(":2:", self.violations("redraft/text/a.h", '\n#include "redraft/stats/b.h"\n')[0])

    def test_a_module_without_a_level_is_named(self):
        self.assertIn("module misc has no level", self.violations("redraft/misc/a.h", "")[0])

    def test_library_code_must_not_print_or_exit(self):
        for line in ('std::cout << 1;', 'printf("x");', 'std::printf("x");', 'exit(1);', 'std::exit(1);', 'std::fprintf(stderr, "");'):
            self.assertEqual(1, len(self.violations("redraft/core/a.cpp", f"void F() {{ {line} }}\n")), line)
            self.assertEqual([], self.violations("redraft/cli/a.cpp", f"void F() {{ {line} }}\n"), line)

    def test_words_in_comments_texts_and_longer_names_are_fine(self):
        for line in ("// printf(x) would be wrong", '/* exit(1) */', 'Say("exit(1)");', "std::snprintf(b, 1, \"\");", "on_exit(1);", "job.exit(1);"):
            self.assertEqual([], self.violations("redraft/core/a.cpp", f"{line}\n"), line)

    def test_long_files_are_named_with_their_length(self):
        self.assertEqual([], self.violations("redraft/core/a.cpp", "\n" * 450))
        self.assertIn("451 lines", self.violations("redraft/core/a.cpp", "\n" * 451)[0])

    def test_registries_and_absolute_paths_are_found_in_any_text(self):
        host = "https://" + "pypi" + ".org/simple"
        self.assertEqual(1, len(self.violations("docs/a.md", f"see {host}\n")))
        for path in ("/" + "home/me/x", "/" + "root/x", '"/' + 'work/x"'):
            self.assertEqual(1, len(self.violations("docs/a.md", f"in {path}\n")), path)
        self.assertEqual([], self.violations("docs/a.md", "a/home/page, ~/work/x, https://host/root/x, $HOME/work/x\n"))


if __name__ == "__main__":
    unittest.main()
