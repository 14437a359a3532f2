/* Rows of pixels sampled from a sprite at places between its pixels, and blended.
 *
 * Where the processor has AVX2, four are drawn at once.
 */
#pragma once
#include <math.h>
#include "pixel.h"

#define FIX 16                       /* bits behind the point of a place in a sprite */
#define CELLS 512                    /* columns of a grid, at most */

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
/* The same, four pixels at once, with weights of six bits. What hides all does not read the frame.
 * Rows below are fetched ahead: most of the time would else go into waiting for memory. `s` is
 * small enough for places of 32 bits (`fastest`). */
__attribute__((target("avx2"))) static void
inside_avx2(uint8_t *frame, int count, const Picture *s, int64_t u, int64_t v, int64_t du,
            int64_t dv, unsigned opacity, Py_ssize_t ahead) {
    const __m256i alpha = _mm256_setr_epi8(
        6, 7, 6, 7, 6, 7, 6, 7, 14, 15, 14, 15, 14, 15, 14, 15,
        6, 7, 6, 7, 6, 7, 6, 7, 14, 15, 14, 15, 14, 15, 14, 15);
    /* which pixel's weight goes to which byte: the first two in the lanes of either column */
    const __m256i pair = _mm256_setr_epi64x(0x0100010001000100, 0x0504050405040504,
                                            0x0100010001000100, 0x0504050405040504);
    const __m256i others = _mm256_add_epi8(pair, _mm256_set1_epi8(8));
    const __m256i full = _mm256_set1_epi16(255), half = _mm256_set1_epi16(128);
    const __m256i per255 = _mm256_set1_epi16(257), shown = _mm256_set1_epi16((short)opacity);
    const __m128i sixty3 = _mm_set1_epi32(63), sixty4 = _mm_set1_epi32(64);
    const __m128i order = _mm_setr_epi32(0, 1, 2, 3);
    const Py_ssize_t stride = s->stride;
    __m128i us = _mm_add_epi32(_mm_set1_epi32((int)u),
                               _mm_mullo_epi32(_mm_set1_epi32((int)du), order));
    __m128i vs = _mm_add_epi32(_mm_set1_epi32((int)v),
                               _mm_mullo_epi32(_mm_set1_epi32((int)dv), order));
    const __m128i du4 = _mm_set1_epi32((int)((uint32_t)du * 4));
    const __m128i dv4 = _mm_set1_epi32((int)((uint32_t)dv * 4));
    for (; count > 0; count -= 4, frame += 16, u += 4 * du, v += 4 * dv) {
        __m256i top, low; /* left of each place in one lane, right of it in the other */
        const int64_t x = u >> FIX, y = v >> FIX;
        const int last = count < 4 ? count - 1 : 3;
        uint32_t spare[4] = {0};
        uint8_t *to = frame;
        if (last < 3) { /* the end of the row: four all the same, but not in the frame */
            to = (uint8_t *)spare;
            for (int i = 0; i <= last; i++) memcpy(spare + i, frame + i * 4, 4);
        }
        const uint8_t *at = s->at + y * stride + x * 4;
        _mm_prefetch((const char *)at + 3 * stride, _MM_HINT_T0);
        _mm_prefetch((const char *)frame + ahead, _MM_HINT_T0);
#define LANES(p, q) \
    _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(p))), \
                            _mm_loadu_si128((const __m128i *)(q)), 1)
        if (last == 3 && (u + 3 * du) >> FIX == x + 3 && (v + 3 * dv) >> FIX == y) {
            /* neighbours in one row */
            top = LANES(at, at + 4);
            low = LANES(at + stride, at + stride + 4);
#undef LANES
        } else {
            const int second_ = last > 1 ? 2 : last, first_ = last > 0;
#define AT(i) s->at + ((v + (i) * dv) >> FIX) * stride + ((u + (i) * du) >> FIX) * 4
            const uint8_t *one = AT(first_), *two = AT(second_), *three = AT(last);
#undef AT
#define PAIR(p, q) _mm_castps_si128(_mm_loadh_pi( \
        _mm_castsi128_ps(_mm_loadl_epi64((const __m128i *)(p))), (const __m64 *)(q)))
            __m256i first = _mm256_inserti128_si256(_mm256_castsi128_si256(PAIR(at, one)),
                                                    PAIR(two, three), 1);
            __m256i second = _mm256_inserti128_si256(
                _mm256_castsi128_si256(PAIR(at + stride, one + stride)),
                PAIR(two + stride, three + stride), 1);
#undef PAIR
            const __m256i sides = _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7);
            top = _mm256_permutevar8x32_epi32(first, sides);
            low = _mm256_permutevar8x32_epi32(second, sides);
        }
        __m256i any = _mm256_or_si256(top, low);
        if (!_mm256_testz_si256(any, any)) {
            __m128i fu = _mm_and_si128(_mm_srli_epi32(us, FIX - 6), sixty3);
            __m128i fv = _mm_and_si128(_mm_srli_epi32(vs, FIX - 6), sixty3);
            __m256i wv = _mm256_broadcastsi128_si256(
                _mm_or_si128(_mm_sub_epi32(sixty4, fv), _mm_slli_epi32(fv, 8)));
            __m256i wu = _mm256_slli_epi16(
                _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_sub_epi32(sixty4, fu)), fu, 1),
                3);
            /* each byte of the upper row beside the one below it, weighed, times 64 */
            __m256i a = _mm256_maddubs_epi16(_mm256_unpacklo_epi8(top, low),
                                             _mm256_shuffle_epi8(wv, pair));
            __m256i b = _mm256_maddubs_epi16(_mm256_unpackhi_epi8(top, low),
                                             _mm256_shuffle_epi8(wv, others));
            /* the left and the right pixel, weighed, and back to bytes */
            a = _mm256_mulhrs_epi16(a, _mm256_shuffle_epi8(wu, pair));
            b = _mm256_mulhrs_epi16(b, _mm256_shuffle_epi8(wu, others));
            __m256i mixed = _mm256_add_epi16(_mm256_permute2x128_si256(a, b, 0x20),
                                             _mm256_permute2x128_si256(a, b, 0x31));
            if (opacity < 255)
                mixed = _mm256_mulhi_epu16(
                    _mm256_add_epi16(_mm256_mullo_epi16(mixed, shown), half), per255);
            __m256i rest = _mm256_subs_epu16(full, _mm256_shuffle_epi8(mixed, alpha));
            if (!_mm256_testz_si256(rest, rest)) {
                __m256i under = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)to));
                under = _mm256_mulhi_epu16(
                    _mm256_add_epi16(_mm256_mullo_epi16(under, rest), half), per255);
                mixed = _mm256_add_epi16(mixed, under);
            }
            mixed = _mm256_permute4x64_epi64(_mm256_packus_epi16(mixed, mixed), 8);
            _mm_storeu_si128((__m128i *)to, _mm256_castsi256_si128(mixed));
        }
        if (last < 3)
            for (int i = 0; i <= last; i++) memcpy(frame + i * 4, spare + i, 4);
        us = _mm_add_epi32(us, du4);
        vs = _mm_add_epi32(vs, dv4);
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

/* A grid of places in a source: `points` (rows, columns, 2). */
typedef struct {
    const float *points;
    int rows, columns;
    /* pixel (x, y) takes what lies at column (x + left + 0.5) * per_x - 0.5 of the grid */
    double left, top, per_x, per_y;
} Grid;

#define FLAT (1.0 / 16) /* pixels of the source by which a row may be straighter than its grid */
#define EVEN (1.0 / 32) /* change of slope that is not seen two pixels early or late */

/* A row of a grid at part `k` between two of its lines: points (columns, 2). */
typedef struct {
    const float *above, *below;
    double k;
} Line;

static inline double on(const Line *l, int i) {
    return l->above[i] + (l->below[i] - l->above[i]) * l->k;
}

/* Whether a line is straight and its points evenly apart: then a row is one run. */
static int straight(const Line *l, int columns) {
    const double u = on(l, 0), v = on(l, 1);
    const double du = (on(l, 2 * columns - 2) - u) / (columns - 1);
    const double dv = (on(l, 2 * columns - 1) - v) / (columns - 1);
    for (int c = 1; c < columns - 1; c++)
        if (!(fabs(on(l, 2 * c) - u - c * du) < FLAT && fabs(on(l, 2 * c + 1) - v - c * dv) < FLAT))
            return 0;
    return 1;
}

/* All of `frame` shows `from` through the grid. */
static void through(const Picture *frame, const Picture *from, const Grid *g, unsigned shown) {
    const int rows = g->rows, columns = g->columns;
    const Row way = fastest(from);
    const double spare_x = g->left + 0.5;
    /* where the pixels between two columns end; the last ones go on to the edge */
    int ends[CELLS];
    for (int c = 0; c < columns - 1; c++) {
        double next = ceil((c + 1.5) / g->per_x - spare_x);
        ends[c] = c == columns - 2 || !(next < frame->width) ? frame->width : (int)fmax(next, 0);
    }
    for (int y = 0; y < frame->height; y++) {
        double at = fmin(fmax((y + g->top + 0.5) * g->per_y - 0.5, 0), rows - 1);
        int row = (int)at < rows - 1 ? (int)at : rows - 2;
        const float *points = g->points + row * columns * 2;
        const Line line = {points, points + columns * 2, at - row};
        uint8_t *to = frame->at + y * frame->stride;
        const int one = columns <= 8 && straight(&line, columns);
        const int step = one ? columns - 1 : 1;
        for (int c = 0, x = 0; c < columns - 1 && x < frame->width; c += step) {
            const double u = on(&line, 2 * c), v = on(&line, 2 * c + 1);
            const double du = (on(&line, 2 * (c + step)) - u) / step;
            const double dv = (on(&line, 2 * (c + step) + 1) - v) / step;
            int end = ends[c + step - 1];
            if (end < frame->width && ((end - x) & 3)) {
                /* whole groups of four pixels, where nobody sees that the next cell has two less */
                int whole_ = x + ((end - x + 2) & ~3);
                double bend_u = on(&line, 2 * c + 4) - 2 * on(&line, 2 * c + 2) + u;
                double bend_v = on(&line, 2 * c + 5) - 2 * on(&line, 2 * c + 3) + v;
                if ((fabs(bend_u) + fabs(bend_v)) * g->per_x < EVEN && whole_ < frame->width)
                    end = whole_;
            }
            if (end > x) {
                double along = (x + spare_x) * g->per_x - 0.5 - c;
                run(to + x * 4, end - x, from, fixed(u + du * along), fixed(v + dv * along),
                    fixed(du * g->per_x), fixed(dv * g->per_x), shown, way, 2 * frame->stride);
                x = end;
            }
        }
    }
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
