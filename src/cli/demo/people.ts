/**
 * Invented readers for the demo: the same ones each time, at domains that are reserved for examples (RFC 2606),
 * so that no mail could ever reach anybody.
 */

interface DemoPerson {
  email: string;
  name: string;
  language: 'en' | 'zh';
}

const DOMAINS = [
  'example.com',
  'example.org',
  'example.net',
  'mail.example.com',
  'post.example.net',
  'lab.example.org',
];

/** Family and given names with their spelling in Pinyin. */
const CHINESE_FAMILY =
  '王wang 李li 张zhang 刘liu 陈chen 杨yang 赵zhao 黄huang 周zhou 吴wu 徐xu 孙sun 朱zhu 林lin 何he 郭guo 高gao 罗luo 梁liang 宋song 唐tang 曹cao 沈shen 冯feng 顾gu';
const CHINESE_GIVEN =
  '晓岚xiaolan 子墨zimo 雨桐yutong 浩然haoran 思远siyuan 静怡jingyi 文博wenbo 若溪ruoxi 明哲mingzhe 佳宁jianing 宇航yuhang 清扬qingyang 雪晴xueqing 志远zhiyuan 可欣kexin 星河xinghe 知夏zhixia 天佑tianyou 安然anran 嘉树jiashu 一诺yinuo 海川haichuan 书瑶shuyao 云帆yunfan 念慈nianci';
const ENGLISH_GIVEN =
  'Ada Amara Arthur Beatrice Caleb Clara Dario Edith Elias Farah Felix Grace Hugo Imogen Jonah Keira Leo Maya Nadia Oscar Priya Quentin Rosa Samuel Thea';
const ENGLISH_FAMILY =
  'Abbott Barnes Calder Dawson Ellery Fenwick Greene Hollis Iverson Jarvis Kendall Larkin Mercer Norwood Okafor Pemberton Quill Rhodes Sinclair Thorne Underhill Vaughan Whitlock Yates Zeller';

/** The first `count` readers: Chinese and English names in turn, no two with the same address. */
export function demoPeople(count: number): DemoPerson[] {
  return Array.from({ length: count }, (_, index) => {
    const rank = Math.floor(index / 2);
    const person = index % 2 === 0 ? chinese(rank) : english(rank);
    const domain = DOMAINS[(rank + 3 * (index % 2)) % DOMAINS.length]!;
    return { email: `${person.local}@${domain}`, name: person.name, language: person.language };
  });
}

interface Person {
  local: string;
  name: string;
  language: DemoPerson['language'];
}

function chinese(rank: number): Person {
  const [family, given, round] = pair(CHINESE_FAMILY.split(' '), CHINESE_GIVEN.split(' '), rank);
  const [familyHan, familyLatin] = splitScripts(family);
  const [givenHan, givenLatin] = splitScripts(given);
  return { local: `${familyLatin}.${givenLatin}${round}`, name: `${familyHan}${givenHan}`, language: 'zh' };
}

function english(rank: number): Person {
  const [given, family, round] = pair(ENGLISH_GIVEN.split(' '), ENGLISH_FAMILY.split(' '), rank);
  return { local: `${given}.${family}${round}`.toLowerCase(), name: `${given} ${family}`, language: 'en' };
}

/** Goes through all pairs of two lists of the same length. In a second round, `round` makes the people different. */
function pair(left: string[], right: string[], rank: number): [string, string, string] {
  const row = Math.floor(rank / left.length);
  const round = Math.floor(row / right.length);
  // Neighbours in the list share no name, because the step of 7 and the length of 25 have no common divisor.
  return [
    left[rank % left.length]!,
    right[(rank * 7 + row) % right.length]!,
    round === 0 ? '' : `${round + 1}`,
  ];
}

function splitScripts(name: string): [string, string] {
  const latin = name.search(/[a-z]/);
  return [name.slice(0, latin), name.slice(latin)];
}
