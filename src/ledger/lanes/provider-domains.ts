/**
 * Which domains belong to which lane. This is plain data, so that people who do not program can extend it. `name.{a b
 * c}` stands for `name.a name.b name.c`. A domain that is not here goes to the lane `other`, unless an operator
 * assigned it (`postrider lane set`) or its MX hosts identify its provider (`postrider lane set other --mx on`).
 *
 * Left out on purpose, despite their names: yahoo.co.jp (a separate company), the Chinese domains of Yahoo (closed),
 * and att.net and similar domains (separate servers with limits of their own).
 */
export const providerDomains: Readonly<Record<string, string>> = {
  google: 'gmail.com googlemail.com google.com',

  microsoft: `
    outlook.{com at be cl co.id co.il co.th com.ar com.au com.br com.gr com.tr com.vn cz de dk es fr hu ie in it jp
      kr lv my ph pt sa sg sk}
    hotmail.{com be ca ch cl co co.id co.il co.jp co.kr co.nz co.th co.uk co.za com.ar com.au com.br com.hk com.mx
      com.my com.ph com.sg com.tr com.tw com.vn cz de dk es fi fr gr hu in it jp lt lv my nl no pe ph pt rs se sg sk}
    live.{com at be ca ch cl cn co.in co.kr co.uk co.za com.ar com.au com.mx com.my com.ph com.pk com.pt com.sg de dk
      fi fr hk ie in it jp nl no ph ru se sg}
    msn.com windowslive.com passport.com`,

  yahoo: `
    yahoo.{com at be bg ca cl co.id co.il co.in co.nz co.th co.uk co.za com.ar com.au com.br com.co com.hk com.mx
      com.my com.pe com.ph com.sg com.tr com.tw com.ua com.ve com.vn cz de dk ee es fi fr gr hr hu ie in it lt lv nl
      no pl pt ro rs se si sk}
    myyahoo.com ymail.com rocketmail.com y7mail.com
    aol.{com at be ch cl co.nz co.uk com.ar com.au com.br com.co com.mx com.tr com.ve cz de dk es fi fr hk in it jp
      kr nl pl ru se tw}
    aim.com love.com wow.com games.com ygm.com netscape.net cs.com compuserve.com verizon.net`,

  apple: 'icloud.com me.com mac.com',

  tencent: 'qq.com vip.qq.com foxmail.com exmail.qq.com',

  netease: '163.com vip.163.com 126.com vip.126.com yeah.net 188.com vip.188.com netease.com',
};

/** Every domain with its lane. */
export const domainLanes: ReadonlyMap<string, string> = new Map(
  Object.entries(providerDomains).flatMap(([lane, text]) =>
    spelledOut(text).map((domain) => [domain, lane] as const),
  ),
);

function spelledOut(text: string): string[] {
  const plain = text.replace(/\S+\.\{[^}]*\}/g, (group) => {
    const at = group.indexOf('.{');
    const endings = group
      .slice(at + 2, -1)
      .trim()
      .split(/\s+/);
    return endings.map((ending) => `${group.slice(0, at)}.${ending}`).join(' ');
  });
  return plain.trim().split(/\s+/);
}
