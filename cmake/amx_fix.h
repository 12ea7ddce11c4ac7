/* Force-included into llama.cpp. The amxtileintrin.h of GCC 12 tells the compiler that ldtilecfg
 * reads only 8 of the 64 bytes of the tile configuration, so the rest is optimised away and every
 * inference on a machine with AMX faults (llama.cpp issue 20824). Saying what is read repairs it.
 */
#if defined(__GNUC__) && !defined(__clang__) && defined(__AMX_TILE__)
#include <immintrin.h>
#undef _tile_loadconfig
#define _tile_loadconfig(p) __asm__ volatile("ldtilecfg %0" ::"m"(*(const char(*)[64])(p)))
#endif
