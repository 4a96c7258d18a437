import * as THREE from "three";

import { NOTHING } from "./clay/clay";
import { LAYOUT } from "./rows";

/** The light that figures stand in; rooms bring their own light baked, so figures carry theirs. Linear colours. */
export interface Light {
  readonly key: THREE.Vector3;
  readonly keyColour: THREE.Color;
  readonly sky: THREE.Color;
  readonly ground: THREE.Color;
}

export const CLINIC_LIGHT: Light = {
  key: new THREE.Vector3(0.45, 0.8, -0.4).normalize(),
  keyColour: new THREE.Color(1.0, 0.95, 0.88),
  sky: new THREE.Color(0.56, 0.6, 0.66),
  ground: new THREE.Color(0.33, 0.3, 0.28),
};

const VERTEX = /* glsl */ `
uniform highp sampler2D rows;
attribute vec4 bones;
attribute vec4 weights;
attribute vec4 paint;
attribute vec2 edges;
attribute float shade;
attribute float row;
varying vec4 vFirst;
varying vec4 vSecond;
varying vec4 vThird;
varying vec3 vEdges;
varying vec3 vWorld;
varying vec3 vNormal;
varying vec2 vFade;

vec4 texel(int column) { return texelFetch(rows, ivec2(column, int(row + 0.5)), 0); }

void main() {
  vec4 x = vec4(0.0), y = vec4(0.0), z = vec4(0.0);
  for (int i = 0; i < 4; i++) {
    float weight = weights[i];
    if (weight == 0.0) continue;
    int column = int(bones[i] + 0.5) * 3;
    x += weight * texel(column);
    y += weight * texel(column + 1);
    z += weight * texel(column + 2);
  }
  vec4 at = vec4(position, 1.0);
  vWorld = vec3(dot(x, at), dot(y, at), dot(z, at));
  vNormal = vec3(dot(x.xyz, normal), dot(y.xyz, normal), dot(z.xyz, normal));
  vFirst = texel(${LAYOUT.palette} + int(paint.x + 0.5));
  vSecond = texel(${LAYOUT.palette} + int(paint.y + 0.5));
  vThird = paint.z > ${NOTHING - 0.5} ? vec4(0.0, 0.0, 0.0, -1.0) : texel(${LAYOUT.palette} + int(paint.z + 0.5));
  vEdges = vec3(edges, shade);
  vec4 fades = texel(${LAYOUT.fades});
  float arm = paint.w > 1.5 ? fades.y : paint.w > 0.5 ? fades.x : 1.0;
  vFade = vec2(arm * fades.z, paint.x < 1.5 ? 1.0 : 0.0);
  gl_Position = projectionMatrix * viewMatrix * vec4(vWorld, 1.0);
}`;

const FRAGMENT = /* glsl */ `
uniform vec3 key;
uniform vec3 keyColour;
uniform vec3 sky;
uniform vec3 ground;
varying vec4 vFirst;
varying vec4 vSecond;
varying vec4 vThird;
varying vec3 vEdges;
varying vec3 vWorld;
varying vec3 vNormal;
varying vec2 vFade;

float crisp(float edge) { return clamp(edge / max(fwidth(edge), 1e-5) + 0.5, 0.0, 1.0); }

void main() {
  // Interleaved gradient noise: fading needs no sorting and no blending.
  if (vFade.x < 0.99 && vFade.x <= fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))))) discard;
  if (vThird.a < -0.5 && vEdges.y > 0.0) discard;
  vec4 colour = mix(mix(vFirst, vSecond, crisp(vEdges.x)), vThird, crisp(vEdges.y));
  vec3 n = normalize(vNormal);
  vec3 v = normalize(cameraPosition - vWorld);
  float open = vEdges.z;
  float facing = dot(n, key);
  float lit = smoothstep(-0.35, 1.0, facing);
  vec3 ambient = mix(ground, sky, n.y * 0.5 + 0.5) * mix(0.45, 1.0, open);
  vec3 light = ambient + keyColour * lit * 0.62 * mix(0.7, 1.0, open);
  // Skin lets light through where it turns away: warm at the shadow's edge and in folds.
  float skin = vFade.y;
  light += skin * vec3(0.13, 0.03, 0.01) * (1.0 - smoothstep(0.0, 0.6, abs(facing - 0.1))) + skin * vec3(0.06, 0.0, 0.0) * (1.0 - open);
  // A little light from where one looks: no face that one talks to lies in the dark.
  light += 0.17 * max(dot(n, v), 0.0) * mix(0.6, 1.0, open);
  vec3 shaded = colour.rgb * light;
  float rim = pow(1.0 - max(dot(n, v), 0.0), 3.5);
  shaded += rim * sky * 0.22 * open * (0.35 + colour.rgb) * (n.y * 0.5 + 0.6);
  vec3 h = normalize(key + v);
  float tight = mix(14.0, 180.0, colour.a * colour.a);
  shaded += keyColour * pow(max(dot(n, h), 0.0), tight) * colour.a * mix(0.35, 0.9, colour.a * colour.a) * open;
  // A soft shoulder keeps folds in a white coat.
  shaded = mix(shaded, 0.62 + (1.0 - exp(-(shaded - 0.62) * 2.2)) * 0.36, step(0.62, shaded));
  gl_FragColor = vec4(shaded, 1.0);
  #include <tonemapping_fragment>
  #include <colorspace_fragment>
}`;

/** The one material of all default figures. */
export function figureMaterial(light: Light): THREE.ShaderMaterial {
  return new THREE.ShaderMaterial({
    vertexShader: VERTEX, fragmentShader: FRAGMENT, side: THREE.DoubleSide,
    uniforms: {
      rows: { value: null }, key: { value: light.key }, keyColour: { value: light.keyColour }, sky: { value: light.sky }, ground: { value: light.ground },
    },
  });
}
