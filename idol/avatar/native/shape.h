/* Where points of a drawing go: what `rig.Rig` does with NumPy, one point at a time. */
#pragma once
#include <math.h>
#include <string.h>

/* One layer, as `Rig` writes it. */
typedef struct {
    float head, depth, curve, root, length, jaw, lip;
} Layer;

/* The pose, as `Rig` writes it. */
typedef struct {
    float axis_x, axis_y, radius_x, radius_y, neck_x, neck_y, hinge, chin, waist;
    float cos_yaw, sin_yaw, cos_pitch, sin_pitch, cos_roll, sin_roll;
    float fall, tilt, side, lean, rise, breath;
} World;

static inline float share(float t, float most) { return t < 0 ? 0 : t > most ? most : t; }
static inline float eased(float t) { return t * t * (3 - 2 * (t < 1 ? t : 1)); }

/* How far the point (x, y) of a layer moves; `slow` and `quick` are the pulls of its spring. */
static inline void move(float x, float y, const Layer *l, const World *w, float slow, float quick,
                        float *to_x, float *to_y) {
    float t = share((y - l->root) / l->length, 1), t2 = t * t;
    float dx = slow * (t * sqrtf(t)) + (quick - slow) * 0.9f * (t2 * t);
    float dy = fabsf(slow) * -0.12f * t2;
    if (w->fall != 0 && l->jaw != 0)
        dy += l->jaw * eased(share((y - w->hinge) / w->chin, 1)) * w->fall;
    if (w->tilt != 0 && l->lip != 0) {
        float out = (x - w->axis_x) * copysignf(1, w->tilt);
        dy -= l->lip * fabsf(w->tilt) * (out > 0 ? out : out * 0.25f);
    }
    /* the head as a bulging shell that turns; hair below the chin follows less */
    float u = x - w->axis_x, v = y - w->axis_y;
    float across = u / w->radius_x, down = v / w->radius_y;
    float bulge = sqrtf(fmaxf(1 - across * across, 0) * fmaxf(1 - down * down, 0));
    float z = l->depth + l->curve * bulge;
    float follow = l->head * (1 - 0.75f * share((y - w->neck_y) / 260, 1));
    dx += follow * (u * w->cos_yaw + z * w->sin_yaw - u);
    dy += follow * (v * w->cos_pitch - z * w->sin_pitch - v);
    /* tilt about the neck */
    u = x + dx - w->neck_x, v = y + dy - w->neck_y;
    dx += follow * (u * w->cos_roll - v * w->sin_roll - u);
    dy += follow * (u * w->sin_roll + v * w->cos_roll - v);
    /* the body leans, and the chest widens with a breath */
    float up = eased(share((w->waist - y) / 480, 1.15f)), high = (y - 880) / 110;
    float chest = l->head < 1 && high * high < 30 ? expf(-high * high) * (1 - l->head) : 0;
    *to_x = dx + up * w->side + chest * (x - w->axis_x) * 0.010f * w->breath;
    *to_y = dy + up * (w->lean * (x - w->axis_x) - w->rise);
}

/* `rounds` of (dx, dy) = how far (x - dx, y - dy) moves, for `points` of one layer. */
static void settle_layer(const float *x, const float *y, float *dx, float *dy, Py_ssize_t points,
                         const Layer *l, const World *w, const float pull[2], int rounds) {
    for (Py_ssize_t i = 0; i < points; i++)
        for (int round = 0; round < rounds; round++)
            move(x[i] - dx[i], y[i] - dy[i], l, w, pull[0], pull[1], dx + i, dy + i);
}
