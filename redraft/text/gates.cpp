#include "redraft/text/gates.h"
