/* Rows laid over rows as they are. */
#pragma once
#include "pixel.h"

/* `count` pixels of a row of `laid`. */
static void lay(uint8_t *to, const uint8_t *from, const uint8_t *under, int count, unsigned shown,
                int adds) {
    for (int x = 0; x < count; x++, to += 4, from += 4) {
        uint32_t value;
        memcpy(&value, from, 4);
        if (!value || (under && memcmp(to, under + x * 4, 4))) continue;
        shorts8 mixed = wide1(from);
        if (shown < 255) mixed = by255(mixed * both(shown));
        if (adds) {
            for (int i = 0; i < 4; i++) {
                unsigned sum = to[i] + mixed[i];
                to[i] = sum > 255 ? 255 : sum;
            }
        } else put(to, mixed);
    }
}

#ifdef __x86_64__
/* The same, four pixels at once. */
__attribute__((target("avx2"))) static void lay_avx2(uint8_t *to, const uint8_t *from,
                                                     const uint8_t *under, int count,
                                                     unsigned shown, int adds) {
    const __m256i alpha = _mm256_setr_epi8(
        6, 7, 6, 7, 6, 7, 6, 7, 14, 15, 14, 15, 14, 15, 14, 15,
        6, 7, 6, 7, 6, 7, 6, 7, 14, 15, 14, 15, 14, 15, 14, 15);
    const __m256i full = _mm256_set1_epi16(255), half = _mm256_set1_epi16(128);
    const __m256i per255 = _mm256_set1_epi16(257), part = _mm256_set1_epi16((short)shown);
    int x = 0;
    for (; x + 4 <= count; x += 4, to += 16, from += 16) {
        __m128i source = _mm_loadu_si128((const __m128i *)from);
        if (_mm_testz_si128(source, source)) continue;
        __m128i frame = _mm_loadu_si128((const __m128i *)to), sum;
        if (shown == 255 && adds) sum = _mm_adds_epu8(frame, source);
        else {
            __m256i mixed = _mm256_cvtepu8_epi16(source), below = _mm256_cvtepu8_epi16(frame);
            if (shown < 255)
                mixed = _mm256_mulhi_epu16(
                    _mm256_add_epi16(_mm256_mullo_epi16(mixed, part), half), per255);
            if (!adds) {
                __m256i rest = _mm256_sub_epi16(full, _mm256_shuffle_epi8(mixed, alpha));
                below = _mm256_mulhi_epu16(
                    _mm256_add_epi16(_mm256_mullo_epi16(below, rest), half), per255);
            }
            mixed = _mm256_add_epi16(mixed, below);
            sum = _mm256_castsi256_si128(
                _mm256_permute4x64_epi64(_mm256_packus_epi16(mixed, mixed), 8));
        }
        if (under) {
            __m128i bare = _mm_loadu_si128((const __m128i *)(under + x * 4));
            sum = _mm_blendv_epi8(frame, sum, _mm_cmpeq_epi32(frame, bare));
        }
        _mm_storeu_si128((__m128i *)to, sum);
    }
    lay(to, from, under ? under + x * 4 : NULL, count - x, shown, adds);
}
#endif

/* Keep of a picture `width` by `height` pixels from (x, y) on. */
static void part(Picture *of, int x, int y, int width, int height) {
    of->at += y * of->stride + x * 4;
    of->width = width, of->height = height;
}

/* Cut a frame, what was bare of it and a source whose corner lies at (left, top) to what they
 * share; whether there is something. */
static int clipped(Picture *frame, Picture *source, Picture *bare, int64_t left, int64_t top) {
    const int64_t x = left > 0 ? left : 0, y = top > 0 ? top : 0;
    const int64_t x1 = left + source->width < frame->width ? left + source->width : frame->width;
    const int64_t y1 = top + source->height < frame->height ? top + source->height : frame->height;
    if (x >= x1 || y >= y1) return 0;
    part(frame, (int)x, (int)y, (int)(x1 - x), (int)(y1 - y));
    part(source, (int)(x - left), (int)(y - top), (int)(x1 - x), (int)(y1 - y));
    if (bare) part(bare, (int)x, (int)y, (int)(x1 - x), (int)(y1 - y));
    return 1;
}

/* `source` over `frame`, of one size; with `bare`, only where the frame still equals it. */
static void laid(const Picture *frame, const Picture *source, const Picture *bare, unsigned shown,
                 int adds) {
    void (*way)(uint8_t *, const uint8_t *, const uint8_t *, int, unsigned, int) = lay;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) way = lay_avx2;
#endif
    for (int y = 0; y < frame->height; y++)
        way(frame->at + y * frame->stride, source->at + y * source->stride,
            bare ? bare->at + y * bare->stride : NULL, frame->width, shown, adds);
}
