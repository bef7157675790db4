import type { BaseTable } from "./ldpc.ts";

/**
 * The base tables of the codes: constants of the format (docs/protocols/security-print.md). They were drawn at random
 * under two conditions that the tests check again: no cycle shorter than eight through an information column, and rows of
 * nearly equal weight. The share of heavy columns follows the long codes of DVB-S2 (ETSI EN 302 307-1, annex B).
 *
 * A line is an information column; `5:236` is its block in row 5, rotated by 236.
 */

/** Rate 2/3: the image layer where the front is small enough for it. */
export const twoThirds: BaseTable = {
  lift: 336,
  rows: 16,
  firstParityShift: 69,
  columns: columnsOf(`
    5:236 7:111 14:209
    1:108 10:20 13:266
    0:19 6:190 15:294
    3:291 8:159 9:124
    4:67 11:224 12:276
    0:8 2:308 15:279
    1:215 3:145 8:55
    6:149 10:66 12:241
    2:227 7:37 14:329
    5:233 9:234 11:86
    4:91 10:53 13:138
    8:36 9:292 15:33
    3:308 6:4 14:130
    0:54 2:113 12:123
    1:289 5:235 7:101
    1:256 11:41 13:142
    4:253 7:75 14:253
    0:252 10:34 13:289
    6:334 9:34 11:125
    3:194 4:126 12:300
    2:141 5:210 8:215
    0:196 11:127 15:297
    2:47 7:167 13:115
    3:278 5:308 8:283
    1:213 14:103 15:160
    6:127 10:313 12:151
    4:193 9:95 14:210
    6:196 11:313 12:146
    0:266 5:226 13:26
    1:228 2:328 3:6 4:231 6:332 7:279 8:176 9:20 10:298 13:144 15:185
    0:35 1:62 3:40 4:90 5:20 7:62 8:141 9:248 11:96 14:233 15:228
    1:88 2:117 3:38 4:260 5:183 6:20 7:148 8:17 10:314 12:304 15:6
  `),
};

/** Rate 1/2: the image layer where finer cells have room for more redundancy. */
export const half: BaseTable = {
  lift: 336,
  rows: 24,
  firstParityShift: 68,
  columns: columnsOf(`
    6:267 11:179 19:252
    3:196 17:213 21:256
    9:263 18:36 23:110
    13:137 14:116 20:149
    1:88 7:117 10:188
    0:27 4:138 12:258
    2:132 15:78 16:97
    8:83 10:110 22:125
    4:226 5:154 15:308
    5:308 16:177 23:30
    3:56 14:153 21:5
    0:69 1:256 22:146
    12:54 17:318 20:6
    6:75 7:133 11:122
    2:145 7:297 8:151 9:267 13:108 17:255 18:210 19:29
    3:114 12:15 13:299 15:258 16:335 20:124 22:141 23:248
    0:163 1:30 4:161 6:256 10:24 11:55 19:44 21:324
    1:306 2:330 3:172 5:4 8:226 10:212 14:146 18:192
    0:307 2:276 5:43 9:218 11:131 21:294 22:49 23:198
    7:264 8:71 12:87 13:67 14:231 16:327 17:250 19:62
    4:294 6:152 9:105 12:240 15:124 18:167 20:8 23:161
    2:49 6:98 11:225 14:79 16:31 19:160 21:285 22:169
    1:212 3:274 4:124 8:195 9:103 13:113 15:329 17:74
    0:133 5:26 7:171 10:110 16:30 17:170 18:335 20:258
  `),
};

/** Rate 1/3: the field layer, whose every bit is sent twice (1/6 together). */
export const third: BaseTable = {
  lift: 400,
  rows: 32,
  firstParityShift: 81,
  columns: columnsOf(`
    6:303 19:325 30:373
    9:340 25:89 28:91
    2:41 7:322 31:307
    4:75 14:377 26:65
    0:180 5:226 8:163
    15:224 24:385 27:394
    10:367 17:79 21:231
    3:260 11:346 12:376
    16:13 18:246 23:334
    1:235 13:64 29:378
    2:111 4:80 6:102 8:224 13:292 16:20 20:155 22:26 29:113 30:136 31:18
    3:192 7:304 9:28 10:65 12:52 17:386 21:134 23:5 25:116 27:26 28:327
    0:51 5:205 11:180 14:287 15:392 18:86 19:68 22:310 24:147 26:394 27:299
    1:50 5:118 7:335 10:38 14:360 20:88 21:102 23:239 24:314 29:84 30:104
    0:114 3:383 4:312 9:222 13:339 15:283 17:277 19:198 20:281 26:248 28:308
    1:298 2:335 6:146 8:288 11:111 12:53 16:283 18:58 22:117 25:269 31:94
  `),
};

function columnsOf(lines: string): BaseTable["columns"] {
  return lines
    .trim()
    .split("\n")
    .map((line) => line.trim().split(" ").map(blockOf));
}

function blockOf(block: string): readonly [row: number, shift: number] {
  const [row = "", shift = ""] = block.split(":");
  return [Number(row), Number(shift)];
}
