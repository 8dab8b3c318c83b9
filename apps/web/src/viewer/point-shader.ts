/**
 * The particles' shader. The vertex stage mixes four frames with the weights of
 * playback/interpolation.ts, applies the radial scale of radial-scale.ts and colours by speed; nothing
 * is computed per particle on the CPU while the replay moves between two frames.
 */
export const POINT_VERTEX = /* glsl */ `
attribute vec3 p0;
attribute vec3 p1;
attribute vec3 p2;
attribute vec3 p3;
attribute float scalar;
attribute float girth;
attribute vec3 tint;

uniform vec4 positionWeights;
uniform vec4 velocityWeights;
uniform vec3 centre;
uniform float unit;
uniform float compressed;
uniform float pixels;
uniform float size;
uniform float nearness;
uniform float smallest;
uniform float largest;
uniform vec2 speedRange;
uniform float colouring;
uniform float core;
uniform vec3 ramp[5];

varying vec3 vColor;
varying float vFade;
varying float vCore;

vec3 ramped(float t) {
  float s = clamp(t, 0.0, 1.0) * 4.0;
  vec3 c = mix(ramp[0], ramp[1], clamp(s, 0.0, 1.0));
  c = mix(c, ramp[2], clamp(s - 1.0, 0.0, 1.0));
  c = mix(c, ramp[3], clamp(s - 2.0, 0.0, 1.0));
  return mix(c, ramp[4], clamp(s - 3.0, 0.0, 1.0));
}

void main() {
  vec4 w = positionWeights;
  vec3 place = (w.x * p0 + w.y * p1 + w.z * p2 + w.w * p3 - centre) * unit;
  float r = length(place);
  place *= mix(1.0, pow(r + 1e-5, -0.6666667), compressed);
  vec4 seen = modelViewMatrix * vec4(place, 1.0);
  gl_Position = projectionMatrix * seen;

  float wanted = size * girth * pixels * pow(1.0 / max(1e-9, -seen.z), nearness);
  gl_PointSize = clamp(wanted, smallest * pixels, largest * pixels);
  // The bright core is at least a pixel and a half wide, whatever the sprite's size.
  vCore = clamp(1.5 * pixels / gl_PointSize, core, 0.85);
  // A sprite smaller than the smallest that is drawn is dimmed instead.
  vFade = clamp(wanted / (smallest * pixels), 0.4, 1.0);

  if (colouring < 0.5) {
    vec4 v = velocityWeights;
    float speed = length(v.x * p0 + v.y * p1 + v.z * p2 + v.w * p3);
    float t = (log(max(speed, 1e-30)) - speedRange.x) / max(1e-6, speedRange.y - speedRange.x);
    vColor = ramped(t);
  } else if (colouring < 1.5) {
    vColor = ramped(scalar);
  } else {
    vColor = tint;
  }
}
`;

/** A disc with a soft halo; output is premultiplied, so one shader serves glow and ink. */
export const POINT_FRAGMENT = /* glsl */ `
precision highp float;
uniform float opacity;
uniform float halo;
uniform float shine;
varying vec3 vColor;
varying float vFade;
varying float vCore;

void main() {
  vec2 at = gl_PointCoord * 2.0 - 1.0;
  float d = dot(at, at);
  if (d > 1.0) discard;
  float r = sqrt(d);
  float disc = 1.0 - smoothstep(vCore * 0.82, vCore, r);
  float glow = halo * pow(1.0 - r, 2.5);
  float a = clamp(disc + glow, 0.0, 1.0) * opacity * vFade;
  vec3 c = mix(vColor, vec3(1.0), disc * shine);
  gl_FragColor = vec4(c * a, a);
}
`;
