#include "redraft/cli/args.h"

int main(int argc, char** argv) { return redraft::cli::Main(argc, argv); }
