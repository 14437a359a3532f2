/* A BGRA picture to I420: BT.601, limited range, colour averaged over two by two pixels. */
#pragma once
#include "pixel.h"

static void two_rows(const uint8_t *a, const uint8_t *b, int width, uint8_t *ya, uint8_t *yb,
                     uint8_t *u, uint8_t *v) {
    for (int x = 0; x < width; x += 2, a += 8, b += 8) {
        for (int i = 0; i < 2; i++) {
            ya[x + i] = (25 * a[i * 4] + 129 * a[i * 4 + 1] + 66 * a[i * 4 + 2] + 0x1080) >> 8;
            yb[x + i] = (25 * b[i * 4] + 129 * b[i * 4 + 1] + 66 * b[i * 4 + 2] + 0x1080) >> 8;
        }
        int mean[3];
        for (int i = 0; i < 3; i++) mean[i] = (a[i] + a[i + 4] + b[i] + b[i + 4] + 2) >> 2;
        *u++ = (112 * mean[0] - 74 * mean[1] - 38 * mean[2] + 0x8080) >> 8;
        *v++ = (-18 * mean[0] - 94 * mean[1] + 112 * mean[2] + 0x8080) >> 8;
    }
}

#ifdef __x86_64__
/* Lightness of 32 pixels. */
__attribute__((target("avx2"))) static inline __m256i luma(const uint8_t *at) {
    /* signed bytes on one side, so 128 is taken off each and added again below */
    const __m256i weights = _mm256_set1_epi32(0x00428119), middle = _mm256_set1_epi8(-128);
    const __m256i bias = _mm256_set1_epi16(128 * (25 + 129 + 66) + 0x1080);
#define WEIGH(i) \
    _mm256_maddubs_epi16( \
        weights, _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(at + 32 * (i))), middle))
    __m256i low = _mm256_permute4x64_epi64(_mm256_hadd_epi16(WEIGH(0), WEIGH(1)), 0xd8);
    __m256i high = _mm256_permute4x64_epi64(_mm256_hadd_epi16(WEIGH(2), WEIGH(3)), 0xd8);
#undef WEIGH
    low = _mm256_srli_epi16(_mm256_add_epi16(low, bias), 8);
    high = _mm256_srli_epi16(_mm256_add_epi16(high, bias), 8);
    return _mm256_permute4x64_epi64(_mm256_packus_epi16(low, high), 0xd8);
}

/* Sixteen means of two by two out of rows of 32 pixels, eight at `at` and `below` each. */
__attribute__((target("avx2"))) static inline __m256i means(const uint8_t *at,
                                                            const uint8_t *below) {
    __m256i one = _mm256_avg_epu8(_mm256_loadu_si256((const __m256i *)at),
                                  _mm256_loadu_si256((const __m256i *)below));
    __m256i two = _mm256_avg_epu8(_mm256_loadu_si256((const __m256i *)(at + 32)),
                                  _mm256_loadu_si256((const __m256i *)(below + 32)));
    __m256 p = _mm256_castsi256_ps(one), q = _mm256_castsi256_ps(two);
    __m256i even = _mm256_castps_si256(_mm256_shuffle_ps(p, q, 0x88));
    __m256i odd = _mm256_castps_si256(_mm256_shuffle_ps(p, q, 0xdd));
    return _mm256_permute4x64_epi64(_mm256_avg_epu8(even, odd), 0xd8);
}

__attribute__((target("avx2"))) static inline __m128i chroma(__m256i one, __m256i two,
                                                             int weights) {
    const __m256i w = _mm256_set1_epi32(weights), bias = _mm256_set1_epi16((short)0x8080);
    __m256i sum = _mm256_hadd_epi16(_mm256_maddubs_epi16(one, w), _mm256_maddubs_epi16(two, w));
    sum = _mm256_srli_epi16(_mm256_add_epi16(_mm256_permute4x64_epi64(sum, 0xd8), bias), 8);
    return _mm256_castsi256_si128(
        _mm256_permute4x64_epi64(_mm256_packus_epi16(sum, sum), 0xd8));
}

__attribute__((target("avx2"))) static void two_rows_avx2(const uint8_t *a, const uint8_t *b,
                                                          int width, uint8_t *ya, uint8_t *yb,
                                                          uint8_t *u, uint8_t *v) {
    int x = 0;
    for (; x + 32 <= width; x += 32, a += 128, b += 128) {
        _mm256_storeu_si256((__m256i *)(ya + x), luma(a));
        _mm256_storeu_si256((__m256i *)(yb + x), luma(b));
        __m256i one = means(a, b), two = means(a + 64, b + 64);
        /* weights of B, G, R: 112 -74 -38, and -18 -94 112 */
        _mm_storeu_si128((__m128i *)(u + x / 2), chroma(one, two, 0x00dab670));
        _mm_storeu_si128((__m128i *)(v + x / 2), chroma(one, two, 0x0070a2ee));
    }
    two_rows(a, b, width - x, ya + x, yb + x, u + x / 2, v + x / 2);
}
#endif

/* `out` has the planes Y, U and V of `from`, whose sides are even, one after the other. */
static void to_planes(const Picture *from, uint8_t *out) {
    const Py_ssize_t width = from->width, height = from->height;
    uint8_t *u = out + width * height, *v = u + width * height / 4;
    void (*way)(const uint8_t *, const uint8_t *, int, uint8_t *, uint8_t *, uint8_t *,
                uint8_t *) = two_rows;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) way = two_rows_avx2;
#endif
    for (Py_ssize_t y = 0; y < height; y += 2, u += width / 2, v += width / 2)
        way(from->at + y * from->stride, from->at + (y + 1) * from->stride, (int)width,
            out + y * width, out + (y + 1) * width, u, v);
}
