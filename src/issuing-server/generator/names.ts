/**
 * Names to make people from. Weights follow the order of frequency in Japan (family names) and of fashion (given names by
 * birth year), roughly: made-up people shall look like a town, not prove anything about one.
 */

export interface FamilyName {
  readonly written: string;
  readonly kana: string;
  readonly weight: number;
}

function familyNames(table: string): readonly FamilyName[] {
  return table
    .trim()
    .split(/\s+/)
    .map((entry) => {
      const [written = "", kana = "", weight = "0"] = entry.split(":");
      return { written, kana, weight: Number(weight) };
    });
}

/**
 * Family names. Among them are variants that a register must carry untouched: code points of their own (髙 U+9AD9,
 * 﨑 U+FA11, 𠮷 U+20BB7) and ideographic variation sequences (葛 U+845B U+E0100, 辻 U+8FBB U+E0100, 榊 U+698A U+E0100).
 */
export const FAMILY_NAMES = familyNames(`
  佐藤:サトウ:190 鈴木:スズキ:180 高橋:タカハシ:135 田中:タナカ:130 伊藤:イトウ:105 渡辺:ワタナベ:100
  山本:ヤマモト:100 中村:ナカムラ:100 小林:コバヤシ:98 加藤:カトウ:85 吉田:ヨシダ:80 山田:ヤマダ:80
  佐々木:ササキ:65 山口:ヤマグチ:62 松本:マツモト:60 井上:イノウエ:60 木村:キムラ:56 林:ハヤシ:54
  清水:シミズ:52 山崎:ヤマザキ:46 森:モリ:46 阿部:アベ:44 池田:イケダ:44 橋本:ハシモト:44
  山下:ヤマシタ:42 石川:イシカワ:41 中島:ナカジマ:40 前田:マエダ:39 藤田:フジタ:38 小川:オガワ:37
  後藤:ゴトウ:37 岡田:オカダ:36 長谷川:ハセガワ:35 村上:ムラカミ:35 近藤:コンドウ:34 石井:イシイ:34
  遠藤:エンドウ:31 坂本:サカモト:31 青木:アオキ:30 藤井:フジイ:30 西村:ニシムラ:30 福田:フクダ:29
  太田:オオタ:28 三浦:ミウラ:28 岡本:オカモト:27 松田:マツダ:27 中川:ナカガワ:26 中野:ナカノ:26
  原田:ハラダ:26 小野:オノ:25 田村:タムラ:25 竹内:タケウチ:25 金子:カネコ:25 和田:ワダ:24
  中山:ナカヤマ:24 石田:イシダ:24 上田:ウエダ:23 森田:モリタ:23 原:ハラ:22 柴田:シバタ:22
  酒井:サカイ:22 工藤:クドウ:22 横山:ヨコヤマ:21 宮崎:ミヤザキ:21 宮本:ミヤモト:21 内田:ウチダ:21
  髙橋:タカハシ:9 山﨑:ヤマザキ:7 𠮷田:ヨシダ:6 渡邉:ワタナベ:10 渡邊:ワタナベ:8 齋藤:サイトウ:9
  濵田:ハマダ:4 葛\u{E0100}城:カツラギ:3 辻\u{E0100}:ツジ:5 榊\u{E0100}原:サカキバラ:3 小鳥遊:タカナシ:1 勅使河原:テシガワラ:1
`);

/** A given name with the years of birth in which it was usual. */
export interface GivenName {
  readonly written: string;
  readonly kana: string;
  readonly from: number;
  readonly to: number;
}

function givenNames(table: string): readonly GivenName[] {
  return table
    .trim()
    .split(/\s+/)
    .map((entry) => {
      const [written = "", kana = "", from = "0", to = "0"] = entry.split(":");
      return { written, kana, from: Number(from), to: Number(to) };
    });
}

export const GIVEN_NAMES: Readonly<Record<"male" | "female", readonly GivenName[]>> = {
  male: givenNames(`
    清:キヨシ:1915:1948 勇:イサム:1915:1955 正:タダシ:1915:1950 弘:ヒロシ:1920:1955 茂:シゲル:1915:1955
    実:ミノル:1918:1958 進:ススム:1930:1960 勝:マサル:1935:1960 博:ヒロシ:1940:1968 隆:タカシ:1945:1975
    修:オサム:1945:1970 誠:マコト:1950:1985 浩:ヒロシ:1950:1975 和夫:カズオ:1935:1962 健一:ケンイチ:1950:1985
    哲也:テツヤ:1958:1985 大輔:ダイスケ:1972:1996 健太:ケンタ:1978:2004 翔太:ショウタ:1984:2008 拓也:タクヤ:1975:1999
    直樹:ナオキ:1965:1998 翼:ツバサ:1985:2010 蓮:レン:1998:2026 大翔:ヒロト:2000:2026 悠真:ユウマ:2005:2026
    湊:ミナト:2008:2026 陽翔:ハルト:2006:2026 颯太:ソウタ:2000:2026 樹:イツキ:2002:2026 律:リツ:2012:2026
  `),
  female: givenNames(`
    ハナ:ハナ:1915:1938 キヨ:キヨ:1915:1940 千代:チヨ:1915:1945 文子:フミコ:1918:1952 幸子:サチコ:1920:1962
    和子:カズコ:1925:1960 節子:セツコ:1922:1955 洋子:ヨウコ:1935:1968 京子:キョウコ:1938:1965 恵子:ケイコ:1942:1972
    由美子:ユミコ:1950:1975 真由美:マユミ:1955:1980 久美子:クミコ:1948:1978 明美:アケミ:1950:1978 裕子:ユウコ:1955:1985
    智子:トモコ:1960:1988 陽子:ヨウコ:1955:1985 愛:アイ:1975:2004 美咲:ミサキ:1985:2014 彩:アヤ:1978:2004
    麻衣:マイ:1976:2000 舞:マイ:1980:2002 葵:アオイ:1995:2026 陽菜:ヒナ:1999:2026 結衣:ユイ:1998:2026
    さくら:サクラ:1990:2026 凛:リン:2000:2026 芽依:メイ:2005:2026 紬:ツムギ:2010:2026 杏:アン:2002:2026
  `),
};

/** A foreign resident's parts of a name, as the residence card writes them: capital letters. */
export interface ForeignOrigin {
  readonly nationality: string;
  readonly weight: number;
  readonly family: readonly (readonly [string, string])[];
  readonly given: Readonly<Record<"male" | "female", readonly (readonly [string, string])[]>>;
}

export const FOREIGN_ORIGINS: readonly ForeignOrigin[] = [
  {
    nationality: "ベトナム",
    weight: 20,
    family: [
      ["NGUYEN", "グエン"],
      ["TRAN", "チャン"],
      ["LE", "レ"],
      ["PHAM", "ファム"],
    ],
    given: {
      male: [
        ["VAN MINH", "ヴァン　ミン"],
        ["DUC ANH", "ドゥック　アイン"],
      ],
      female: [
        ["THI HOA", "ティ　ホア"],
        ["THU TRANG", "トゥ　チャン"],
      ],
    },
  },
  {
    nationality: "中国",
    weight: 28,
    family: [
      ["WANG", "ワン"],
      ["LI", "リ"],
      ["ZHANG", "チャン"],
      ["CHEN", "チェン"],
    ],
    given: {
      male: [
        ["WEI", "ウェイ"],
        ["JUN", "ジュン"],
      ],
      female: [
        ["FANG", "ファン"],
        ["XIAOLI", "シャオリー"],
      ],
    },
  },
  {
    nationality: "フィリピン",
    weight: 12,
    family: [
      ["SANTOS", "サントス"],
      ["REYES", "レイエス"],
    ],
    given: {
      male: [["JOSE MARIA", "ホセ　マリア"]],
      female: [
        ["MARIA CRISTINA", "マリア　クリスティーナ"],
        ["ANGELICA", "アンジェリカ"],
      ],
    },
  },
  {
    nationality: "ブラジル",
    weight: 8,
    family: [
      ["SILVA", "シルバ"],
      ["OLIVEIRA", "オリベイラ"],
    ],
    given: { male: [["CARLOS EDUARDO", "カルロス　エドゥアルド"]], female: [["ANA PAULA", "アナ　パウラ"]] },
  },
  {
    nationality: "ネパール",
    weight: 8,
    family: [
      ["GURUNG", "グルン"],
      ["SHRESTHA", "シュレスタ"],
    ],
    given: { male: [["BISHAL", "ビシャル"]], female: [["SITA", "シタ"]] },
  },
];

/** 在留資格 */
export const RESIDENCE_STATUSES = [
  "永住者",
  "定住者",
  "日本人の配偶者等",
  "技術・人文知識・国際業務",
  "特定技能1号",
  "留学",
] as const;

/** Places outside the municipality, all made up: where people moved from and have their registered domicile. */
export const OTHER_PLACES = [
  "青波県潮見市港町三丁目",
  "青波県霧浜市本町一丁目",
  "白嶺県雪原市栄町二丁目",
  "白嶺県大滝町大字大滝",
  "若葉県花咲市中央四丁目",
  "若葉県星川町大字星川",
] as const;
