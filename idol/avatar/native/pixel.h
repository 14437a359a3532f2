/* Premultiplied BGRA pixels of uint8 as vectors of shorts.
 *
 * The vectors are the compiler's own (SSE2 on x86-64, NEON on ARM).
 */
#pragma once
#include <Python.h>
#include <stdint.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

typedef uint8_t bytes8 __attribute__((vector_size(8)));
typedef uint16_t shorts8 __attribute__((vector_size(16)));

/* Two neighbouring pixels as eight shorts. */
static inline shorts8 wide(const uint8_t *at) {
    bytes8 raw;
    memcpy(&raw, at, 8);
    return __builtin_convertvector(raw, shorts8);
}

/* One pixel as four shorts, and four zeros. */
static inline shorts8 wide1(const uint8_t *at) {
    uint32_t pixel;
    memcpy(&pixel, at, 4);
    uint64_t alone = pixel;
    bytes8 raw;
    memcpy(&raw, &alone, 8);
    return __builtin_convertvector(raw, shorts8);
}

static inline shorts8 both(uint16_t value) {
    return (shorts8){value, value, value, value, value, value, value, value};
}

static inline uint32_t narrow(shorts8 pixel) {
    bytes8 out = __builtin_convertvector(pixel, bytes8);
    uint32_t value;
    memcpy(&value, &out, 4);
    return value;
}

/* x / 255 for 0 <= x <= 255 * 255, rounded. */
static inline shorts8 by255(shorts8 x) {
    x += both(128);
    return (x + (x >> 8)) >> 8;
}

/* source + frame * (1 - alpha), four shorts. */
static inline void put(uint8_t *frame, shorts8 source) {
    uint16_t rest = 255 - source[3];
    uint32_t value;
    if (rest == 0) value = narrow(source);
    else {
        shorts8 sum = source + by255(wide1(frame) * both(rest));
        shorts8 most = (shorts8)(sum > both(255));
        value = narrow((sum & ~most) | (most & both(255)));
    }
    memcpy(frame, &value, 4);
}

/* Pixels in memory: `stride` bytes from row to row. */
typedef struct {
    uint8_t *at;
    Py_ssize_t stride;
    int width, height;
} Picture;
