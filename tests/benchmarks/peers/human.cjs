// @vladmandic/human on one wasm thread: detector, mesh and emotion. Speaks as rig.py does: node human.cjs MODULES INPUTS
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const began = performance.now();
const [, , modules, inputs] = process.argv;
const from = (name) => require(path.join(modules, 'node_modules', name));

async function main() {
  const local = 'http://local.invalid/';
  const models = path.join(modules, 'node_modules/@vladmandic/human/models');
  // The library fetches its models; nothing leaves this machine: every request is answered from the package's own folder.
  globalThis.fetch = async (request) => {
    const url = String(request.url ?? request);
    if (!url.startsWith(local)) throw new Error(`no network here: ${url}`);
    return new Response(fs.readFileSync(path.join(models, path.basename(new URL(url).pathname))));
  };
  from('@tensorflow/tfjs');
  const wasm = from('@tensorflow/tfjs-backend-wasm');
  wasm.setThreadsCount(1);
  const { Human } = from('@vladmandic/human/dist/human.node-wasm.js');
  const imported = (performance.now() - began) / 1000;
  const off = { enabled: false };
  const human = new Human({
    backend: 'wasm', wasmPath: `${path.join(modules, 'node_modules/@tensorflow/tfjs-backend-wasm/dist')}/`, wasmPlatformFetch: false,
    modelBasePath: local, async: false, cacheSensitivity: 0, debug: false,
    filter: off, body: off, hand: off, object: off, gesture: off, segmentation: off,
    face: {
      enabled: true, detector: { maxDetected: 1, rotation: false, skipFrames: 0, skipTime: 0 }, mesh: { enabled: true },
      iris: off, description: off, antispoof: off, liveness: off, attention: off,
      emotion: { enabled: true, skipFrames: 0, skipTime: 0, minConfidence: 0 },
    },
  });
  await human.load();
  const picture = human.tf.tensor(new Uint8Array(fs.readFileSync(path.join(inputs, 'picture.rgb'))), [1, 480, 640, 3], 'int32');
  const first = await human.detect(picture);
  if (first.face.length !== 1) throw new Error(`human finds ${first.face.length} faces`);
  for (let call = 0; call < 5; call += 1) await human.detect(picture);
  console.log(JSON.stringify({ import_s: imported }));
  for await (const _ of readline.createInterface({ input: process.stdin })) {
    const before = process.cpuUsage();
    await human.detect(picture);
    const spent = process.cpuUsage(before);
    console.log(JSON.stringify({ cpu_ms: (spent.user + spent.system) / 1000, rss_mib: process.memoryUsage().rss / 2 ** 20 }));
  }
}
main().catch((error) => { console.error(String(error?.stack ?? error)); process.exit(1); });
