import { expect, test } from "vitest";
import { boxesIn, fileOf, signed, watchBoxes } from "./boxes";

const A = "http://localhost:8081/k1.1790000000.view.old/films/e1/v720/7.m4s";
const B = "http://localhost:8082/k1.1790000000.view.old/films/e1/v720/7.m4s";

test("a segment is asked for with the newest token, the manifest as it is", () => {
  expect(signed(A, "k2.1790000900.view.new")).toBe("http://localhost:8081/k2.1790000900.view.new/films/e1/v720/7.m4s");
  expect(signed("http://localhost:8080/play/v1/manifest.mpd", "new")).toBe("http://localhost:8080/play/v1/manifest.mpd");
});

test("one file is the same file on every box and under every token", () => {
  expect(fileOf(A)).toBe(fileOf(B));
  expect(fileOf(A)).toBe(fileOf(signed(A, "another")));
});

test("a box that failed is asked last for a minute, its neighbour on the same host first", () => {
  let now = 0;
  const boxes = watchBoxes(() => now);
  expect(boxes.ranked([A, B])).toEqual([A, B]);
  boxes.failed(A);
  expect(boxes.ranked([A, B])).toEqual([B, A]);
  now = 59_999;
  expect(boxes.ranked([A, B])).toEqual([B, A]);
  now = 60_000;
  expect(boxes.ranked([A, B])).toEqual([A, B]);
});

test("when every box failed they keep their order", () => {
  const boxes = watchBoxes(() => 0);
  boxes.failed(A);
  boxes.failed(B);
  expect(boxes.ranked([A, B])).toEqual([A, B]);
});

test("a manifest says which box is where", () => {
  const dash = '<BaseURL serviceLocation="a">http://h:1/tok/films/e/</BaseURL><BaseURL serviceLocation="b">http://h:2/tok/films/e/</BaseURL>';
  const hls = '#EXT-X-STREAM-INF:BANDWIDTH=1,PATHWAY-ID="a"\nhttp://h:1/t/v.m3u8\n#EXT-X-STREAM-INF:PATHWAY-ID="b",BANDWIDTH=1\nhttp://h:2/t/v.m3u8\n';
  for (const manifest of [dash, hls])
    expect([...boxesIn(manifest)]).toEqual([
      ["http://h:1", "a"],
      ["http://h:2", "b"],
    ]);
  expect(boxesIn("#EXTM3U").size).toBe(0);
});
