/** Light for what moves: people and things. What stands still has its light baked in. */
import * as THREE from "three";

/** A hemisphere as a ceiling of panels gives it, and a soft key from above and in front that models faces. */
export function clinicLight(): THREE.Group {
  const light = new THREE.Group();
  light.name = "light";
  const hemisphere = new THREE.HemisphereLight(0xffffff, 0xd9cfc2, 1.9);
  const key = new THREE.DirectionalLight(0xfff4e6, 1.5);
  key.position.set(2.5, 6, 4);
  const fill = new THREE.DirectionalLight(0xdfeaff, 0.5);
  fill.position.set(-4, 3, -3);
  light.add(hemisphere, key, key.target, fill, fill.target);
  return light;
}

/** What one sees through windows: a pale sky above a hazy horizon. */
export function sky(): THREE.Mesh {
  const material = new THREE.ShaderMaterial({
    side: THREE.BackSide,
    depthWrite: false,
    vertexShader: `
      varying float height;
      void main() {
        height = normalize(position).y;
        gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
      }`,
    fragmentShader: `
      varying float height;
      void main() {
        vec3 ground = vec3(0.62, 0.70, 0.62);
        vec3 haze = vec3(0.93, 0.95, 0.96);
        vec3 zenith = vec3(0.55, 0.74, 0.92);
        vec3 air = mix(haze, zenith, smoothstep(0.0, 0.7, height));
        gl_FragColor = vec4(mix(ground, air, smoothstep(-0.06, 0.02, height)), 1.0);
      }`,
  });
  const dome = new THREE.Mesh(new THREE.SphereGeometry(150, 24, 12), material);
  dome.name = "sky";
  dome.renderOrder = -1;
  dome.frustumCulled = false;
  return dome;
}
