/* Rows of pixels sampled from a sprite at places between its pixels, and blended.
 *
 * Where the processor has AVX2, eight are drawn at once.
 */
#pragma once
#include <math.h>
#include "pixel.h"

#define FIX 16                       /* bits behind the point of a place in a sprite */

static inline const uint8_t *pixel(const Picture *s, int32_t x, int32_t y) {
    static const uint8_t nothing[4];
    if (x < 0 || y < 0 || x >= s->width || y >= s->height) return nothing;
    return s->at + y * s->stride + x * 4;
}

/* One pixel of the frame from two rows of two, at the place between them that (u, v) says. */
static inline void mix(uint8_t *frame, const uint8_t *top, const uint8_t *low, int64_t u,
                       int64_t v, unsigned opacity) {
    uint16_t fx = (u >> (FIX - 8)) & 255, fy = (v >> (FIX - 8)) & 255, gx = 256 - fx;
    shorts8 mixed = (wide(top) * both(256 - fy) + wide(low) * both(fy) + both(128)) >> 8;
    mixed *= (shorts8){gx, gx, gx, gx, fx, fx, fx, fx};
    mixed += __builtin_shuffle(mixed, (shorts8){4, 5, 6, 7, 4, 5, 6, 7});
    mixed = (mixed + both(128)) >> 8;
    if (opacity < 255) mixed = by255(mixed * both(opacity));
    put(frame, mixed);
}

/* One pixel of the frame from the four about (u, v), which may lie over the source's edge. */
static void dot(uint8_t *frame, const Picture *s, int64_t u, int64_t v, unsigned opacity) {
    int32_t x = (int32_t)(u >> FIX), y = (int32_t)(v >> FIX);
    uint8_t near[16];
    memcpy(near, pixel(s, x, y), 4);
    memcpy(near + 4, pixel(s, x + 1, y), 4);
    memcpy(near + 8, pixel(s, x, y + 1), 4);
    memcpy(near + 12, pixel(s, x + 1, y + 1), 4);
    mix(frame, near, near + 8, u, v, opacity);
}

/* `count` pixels whose four all lie inside the source. */
static void inside(uint8_t *frame, int count, const Picture *s, int64_t u, int64_t v, int64_t du,
                   int64_t dv, unsigned opacity, Py_ssize_t ahead) {
    (void)ahead;
    for (; count > 0; count--, frame += 4, u += du, v += dv) {
        const uint8_t *top = s->at + (v >> FIX) * s->stride + (u >> FIX) * 4;
        uint64_t a, b;
        memcpy(&a, top, 8);
        memcpy(&b, top + s->stride, 8);
        if (a | b) mix(frame, top, top + s->stride, u, v, opacity);
    }
}

#ifdef __x86_64__
/* What the loops of AVX2 share: shuffles that give a pixel's 16 bits to all of its bytes. */
typedef struct {
    __m256i alpha, pair, others, full, half, per255, shown;
} Ways;

__attribute__((target("avx2"))) static inline Ways ways(unsigned opacity) {
    return (Ways){
        _mm256_setr_epi8(6, 7, 6, 7, 6, 7, 6, 7, 14, 15, 14, 15, 14, 15, 14, 15,
                         6, 7, 6, 7, 6, 7, 6, 7, 14, 15, 14, 15, 14, 15, 14, 15),
        _mm256_setr_epi64x(0x0100010001000100, 0x0504050405040504,
                           0x0100010001000100, 0x0504050405040504),
        _mm256_setr_epi64x(0x0908090809080908, 0x0d0c0d0c0d0c0d0c,
                           0x0908090809080908, 0x0d0c0d0c0d0c0d0c),
        _mm256_set1_epi16(255), _mm256_set1_epi16(128), _mm256_set1_epi16(257),
        _mm256_set1_epi16((short)opacity)};
}

/* x / 255 for 0 <= x <= 255 * 255, rounded. */
__attribute__((target("avx2"))) static inline __m256i by255_avx2(__m256i x, const Ways *w) {
    return _mm256_mulhi_epu16(_mm256_add_epi16(x, w->half), w->per255);
}

__attribute__((target("avx2"))) static inline __m256i rest_of(__m256i mixed, const Ways *w) {
    return _mm256_subs_epu16(w->full, _mm256_shuffle_epi8(mixed, w->alpha));
}

/* Eight pixels whose neighbours lie side by side in two rows, from `at` on. `us` and `vs` are
 * their places. What hides all does not read the frame. */
__attribute__((target("avx2"))) static inline void eight(uint8_t *to, const uint8_t *at,
                                                         Py_ssize_t stride, __m256i us, __m256i vs,
                                                         unsigned opacity, const Ways *w) {
#define LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
    const __m256i left = LOAD(at), right = LOAD(at + 4);
    const __m256i below = LOAD(at + stride), last = LOAD(at + stride + 4);
    const __m256i any = _mm256_or_si256(_mm256_or_si256(left, right), _mm256_or_si256(below, last));
    if (_mm256_testz_si256(any, any)) return;
    const __m256i sixty3 = _mm256_set1_epi32(63), sixty4 = _mm256_set1_epi32(64);
    const __m256i fu = _mm256_and_si256(_mm256_srli_epi32(us, FIX - 6), sixty3);
    const __m256i fv = _mm256_and_si256(_mm256_srli_epi32(vs, FIX - 6), sixty3);
    const __m256i wv = _mm256_or_si256(_mm256_sub_epi32(sixty4, fv), _mm256_slli_epi32(fv, 8));
    const __m256i near = _mm256_slli_epi32(_mm256_sub_epi32(sixty4, fu), 3);
    const __m256i far = _mm256_slli_epi32(fu, 3);
    /* each byte of the upper row beside the one below it, weighed, times 64; then left and right */
#define MIX(unpack, which) \
    _mm256_add_epi16( \
        _mm256_mulhrs_epi16(_mm256_maddubs_epi16(unpack(left, below), \
                                                 _mm256_shuffle_epi8(wv, which)), \
                            _mm256_shuffle_epi8(near, which)), \
        _mm256_mulhrs_epi16(_mm256_maddubs_epi16(unpack(right, last), \
                                                 _mm256_shuffle_epi8(wv, which)), \
                            _mm256_shuffle_epi8(far, which)))
    __m256i a = MIX(_mm256_unpacklo_epi8, w->pair), b = MIX(_mm256_unpackhi_epi8, w->others);
#undef MIX
    if (opacity < 255) {
        a = by255_avx2(_mm256_mullo_epi16(a, w->shown), w);
        b = by255_avx2(_mm256_mullo_epi16(b, w->shown), w);
    }
    const __m256i clear = rest_of(a, w), hazy = rest_of(b, w);
    if (!_mm256_testz_si256(clear, clear) || !_mm256_testz_si256(hazy, hazy)) {
        const __m256i under = LOAD(to), none = _mm256_setzero_si256();
        const __m256i low = _mm256_unpacklo_epi8(under, none);
        const __m256i high = _mm256_unpackhi_epi8(under, none);
        a = _mm256_add_epi16(a, by255_avx2(_mm256_mullo_epi16(low, clear), w));
        b = _mm256_add_epi16(b, by255_avx2(_mm256_mullo_epi16(high, hazy), w));
    }
    _mm256_storeu_si256((__m256i *)to, _mm256_packus_epi16(a, b));
#undef LOAD
}

/* One to four pixels, `count` of them, from (u, v) on, wherever their neighbours lie. */
__attribute__((target("avx2"))) static inline void
four(uint8_t *frame, int count, const Picture *s, int64_t u, int64_t v, int64_t du, int64_t dv,
     __m128i us, __m128i vs, unsigned opacity, const Ways *w) {
    const Py_ssize_t stride = s->stride;
    const int last = count < 4 ? count - 1 : 3;
    const int second_ = last > 1 ? 2 : last, first_ = last > 0;
    uint32_t spare[4] = {0};
    uint8_t *to = frame;
    if (last < 3) { /* the end of the row: four all the same, but not in the frame */
        to = (uint8_t *)spare;
        for (int i = 0; i <= last; i++) memcpy(spare + i, frame + i * 4, 4);
    }
#define AT(i) s->at + ((v + (i) * dv) >> FIX) * stride + ((u + (i) * du) >> FIX) * 4
    const uint8_t *at = AT(0), *one = AT(first_), *two = AT(second_), *three = AT(last);
#undef AT
#define PAIR(p, q) _mm_castps_si128(_mm_loadh_pi( \
        _mm_castsi128_ps(_mm_loadl_epi64((const __m128i *)(p))), (const __m64 *)(q)))
    __m256i first = _mm256_inserti128_si256(_mm256_castsi128_si256(PAIR(at, one)),
                                            PAIR(two, three), 1);
    __m256i second = _mm256_inserti128_si256(_mm256_castsi128_si256(PAIR(at + stride, one + stride)),
                                             PAIR(two + stride, three + stride), 1);
#undef PAIR
    __m256i any = _mm256_or_si256(first, second);
    if (_mm256_testz_si256(any, any)) return;
    const __m256i sides = _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7);
    const __m256i top = _mm256_permutevar8x32_epi32(first, sides);
    const __m256i low = _mm256_permutevar8x32_epi32(second, sides);
    const __m128i sixty3 = _mm_set1_epi32(63), sixty4 = _mm_set1_epi32(64);
    const __m128i fu = _mm_and_si128(_mm_srli_epi32(us, FIX - 6), sixty3);
    const __m128i fv = _mm_and_si128(_mm_srli_epi32(vs, FIX - 6), sixty3);
    const __m256i wv = _mm256_broadcastsi128_si256(
        _mm_or_si128(_mm_sub_epi32(sixty4, fv), _mm_slli_epi32(fv, 8)));
    const __m256i wu = _mm256_slli_epi16(
        _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_sub_epi32(sixty4, fu)), fu, 1), 3);
    __m256i a = _mm256_maddubs_epi16(_mm256_unpacklo_epi8(top, low),
                                     _mm256_shuffle_epi8(wv, w->pair));
    __m256i b = _mm256_maddubs_epi16(_mm256_unpackhi_epi8(top, low),
                                     _mm256_shuffle_epi8(wv, w->others));
    a = _mm256_mulhrs_epi16(a, _mm256_shuffle_epi8(wu, w->pair));
    b = _mm256_mulhrs_epi16(b, _mm256_shuffle_epi8(wu, w->others));
    __m256i mixed = _mm256_add_epi16(_mm256_permute2x128_si256(a, b, 0x20),
                                     _mm256_permute2x128_si256(a, b, 0x31));
    if (opacity < 255) mixed = by255_avx2(_mm256_mullo_epi16(mixed, w->shown), w);
    const __m256i rest = rest_of(mixed, w);
    if (!_mm256_testz_si256(rest, rest)) {
        __m256i under = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)to));
        mixed = _mm256_add_epi16(mixed, by255_avx2(_mm256_mullo_epi16(under, rest), w));
    }
    mixed = _mm256_permute4x64_epi64(_mm256_packus_epi16(mixed, mixed), 8);
    _mm_storeu_si128((__m128i *)to, _mm256_castsi256_si128(mixed));
    if (last < 3)
        for (int i = 0; i <= last; i++) memcpy(frame + i * 4, spare + i, 4);
}

/* The same with weights of six bits, eight pixels at once where they lie side by side in the
 * source. Rows below are fetched ahead: much of the time would else go into waiting for memory.
 * `s` is small enough for places of 32 bits (`fastest`). */
__attribute__((target("avx2"))) static void
inside_avx2(uint8_t *frame, int count, const Picture *s, int64_t u, int64_t v, int64_t du,
            int64_t dv, unsigned opacity, Py_ssize_t ahead) {
    const Ways w = ways(opacity);
    const Py_ssize_t stride = s->stride;
    const __m256i order = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
#define PLACES(from, d) _mm256_add_epi32(_mm256_set1_epi32((int)(from)), \
                                         _mm256_mullo_epi32(_mm256_set1_epi32((int)(d)), order))
#define STEPS(d, n) _mm256_set1_epi32((int)((uint32_t)(d) * (n)))
    __m256i us = PLACES(u, du), vs = PLACES(v, dv);
    const __m256i du8 = STEPS(du, 8), dv8 = STEPS(dv, 8), du4 = STEPS(du, 4), dv4 = STEPS(dv, 4);
#undef STEPS
#undef PLACES
    while (count > 0) {
        const int64_t x = u >> FIX, y = v >> FIX;
        const uint8_t *at = s->at + y * stride + x * 4;
        _mm_prefetch((const char *)at + 3 * stride, _MM_HINT_T0);
        _mm_prefetch((const char *)frame + ahead, _MM_HINT_T0);
        if (count >= 8 && (u + 7 * du) >> FIX == x + 7 && (v + 7 * dv) >> FIX == y) {
            eight(frame, at, stride, us, vs, opacity, &w);
            us = _mm256_add_epi32(us, du8), vs = _mm256_add_epi32(vs, dv8);
            count -= 8, frame += 32, u += 8 * du, v += 8 * dv;
        } else {
            four(frame, count, s, u, v, du, dv, _mm256_castsi256_si128(us),
                 _mm256_castsi256_si128(vs), opacity, &w);
            us = _mm256_add_epi32(us, du4), vs = _mm256_add_epi32(vs, dv4);
            count -= 4, frame += 16, u += 4 * du, v += 4 * dv;
        }
    }
}
#endif

/* Draws into a row of a frame in which what follows soon is `ahead` bytes further. */
typedef void (*Row)(uint8_t *, int, const Picture *, int64_t, int64_t, int64_t, int64_t, unsigned,
                    Py_ssize_t ahead);

/* The fastest way through this source on this machine. */
static Row fastest(const Picture *s) {
#ifdef __x86_64__
    int small = s->width < 1 << 15 && s->height < 1 << 15;
    if (small && __builtin_cpu_supports("avx2")) return inside_avx2;
#endif
    return (void)s, inside;
}

/* How many steps of `d` from `at` stay in 0 <= place < end; `at` is in there. */
static int64_t steps(int64_t at, int64_t d, int64_t end, int64_t most) {
    if (!d) return most;
    int64_t n = d > 0 ? (end - 1 - at) / d + 1 : at / -d + 1;
    return n < most ? n : most;
}

/* `count` pixels of a row: the source's places go from (u, v) in steps of (du, dv). */
static void run(uint8_t *frame, int count, const Picture *s, int64_t u, int64_t v, int64_t du,
                int64_t dv, unsigned opacity, Row row, Py_ssize_t ahead) {
    const int64_t one = 1 << FIX, wide_ = (s->width - 1) * one, high = (s->height - 1) * one;
    while (count > 0) {
        int64_t n = 1;
        if (u >= 0 && v >= 0 && u < wide_ && v < high) {
            const int64_t far_u = u + (count - 1) * du, far_v = v + (count - 1) * dv;
            n = count;
            if (far_u < 0 || far_v < 0 || far_u >= wide_ || far_v >= high)
                n = steps(v, dv, high, steps(u, du, wide_, count));
            row(frame, (int)n, s, u, v, du, dv, opacity, ahead);
        } else if (u >= -one && v >= -one && u < wide_ + one && v < high + one) {
            dot(frame, s, u, v, opacity);
        }
        count -= (int)n;
        frame += n * 4;
        u += n * du;
        v += n * dv;
    }
}

/* A place with FIX bits behind the point; what is far away or no number is far outside. */
static inline int64_t fixed(double value) {
    if (!(value > -1e6)) value = -1e6;
    if (value > 1e6) value = 1e6;
    return (int64_t)((value + 2e6) * (1 << FIX) + 0.5) - (int64_t)(2e6 * (1 << FIX));
}

/* Keep of the steps first..last those in which from + step * d lies in low <= place < high. */
static void within(int64_t from, int64_t d, int64_t low, int64_t high, int *first, int *last) {
    if (d == 0) {
        if (from < low || from >= high) *last = *first;
        return;
    }
    /* the first step at or beyond one bound, and the first beyond the other */
    int64_t enter = d > 0 ? low - from : from - (high - 1);
    int64_t leave = d > 0 ? high - from : from - (low - 1);
    if (d < 0) d = -d;
    enter = enter > 0 ? (enter + d - 1) / d : 0;
    leave = leave > 0 ? (leave + d - 1) / d : 0;
    if (enter > *first) *first = enter < *last ? (int)enter : *last;
    if (leave < *last) *last = leave > *first ? (int)leave : *first;
}

/* All of `frame` shows `from` under a map: pixel (x, y) takes what lies at
 * (map[0] x + map[1] y + map[2], map[3] x + map[4] y + map[5]). */
static void turned(const Picture *frame, const Picture *from, const double map[6],
                   unsigned shown) {
    const double a = map[0], b = map[1], c = map[2], d = map[3], e = map[4], f = map[5];
    const Row way = fastest(from);
    const int64_t one = 1 << FIX, du = fixed(a), dv = fixed(d);
    /* the rows that its corners reach */
    double low = frame->height, high = -1, size = a * e - b * d;
    for (int corner = 0; corner < 4; corner++) {
        double u = corner & 1 ? from->width + 1 : -2, v = corner & 2 ? from->height + 1 : -2;
        double y = (a * (v - f) - d * (u - c)) / size;
        if (!isfinite(y)) low = 0, high = frame->height;
        low = fmin(low, y), high = fmax(high, y);
    }
    const int end = (int)fmin(fmax(high + 2, 0), frame->height);
    for (int y = (int)fmin(fmax(low - 1, 0), frame->height); y < end; y++) {
        int64_t u = fixed(b * y + c), v = fixed(e * y + f);
        int first = 0, last = frame->width;
        within(u, du, -one, from->width * one, &first, &last);
        within(v, dv, -one, from->height * one, &first, &last);
        run(frame->at + y * frame->stride + first * 4, last - first, from, u + first * du,
            v + first * dv, du, dv, shown, way, 2 * frame->stride);
    }
}
