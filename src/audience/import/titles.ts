/** Titles of columns by what they hold, folded by `foldTitle`, the likeliest first. */

export const EMAIL_TITLES: readonly string[] = [
  ...[
    'email',
    'emailaddress',
    'emailadresse',
    'adresseemail',
    'adressemail',
    'adresseelectronique',
    'courriel',
  ],
  ...['correoelectronico', 'correo', 'direcciondecorreoelectronico', 'indirizzoemail', 'emailadres', 'epost'],
  ...[
    'enderecodeemail',
    'メールアドレス',
    'eメールアドレス',
    'eメール',
    '电子邮件',
    '电子邮箱',
    '邮箱',
    '邮箱地址',
  ],
  ...[
    '电子邮件地址',
    '邮件地址',
    '電子郵件',
    '電子郵件地址',
    '이메일',
    '이메일주소',
    'mail',
    'mailaddress',
    'mailadresse',
  ],
  ...['subscriberemail', 'subscriberemailaddress', 'useremail', 'contactemail', 'primaryemail', 'subscriber'],
  ...['eposta', 'epostaadresi', 'emailadresi', 'mailadresi', 'elektronikposta'],
];

export const NAME_TITLES: readonly string[] = ['name'];
export const LANGUAGE_TITLES: readonly string[] = ['language'];
export const ZONE_TITLES: readonly string[] = [
  ...['timezone', 'contacttimezone', 'subscribertimezone', 'usertimezone', 'ianatimezone', 'zeitzone'],
  ...['fuseauhoraire', 'zonahoraria', '时区', '時區', 'タイムゾーン'],
];

/** Several tags in a cell. */
export const TAG_TITLES: readonly string[] = [
  ...['tags', 'tag', 'labels', 'etiquetas', 'etiquettes', 'schlagworter', 'schlagworte', 'etichette'],
  ...['etiketler', '标签', '標籤', 'タグ'],
];

/** A cell that holds a JSON object of attributes. */
export const JSON_TITLES: readonly string[] = ['attributes', 'data', 'metadata', 'customfields', 'attribs'];

/** Proof of consent, copied into the consent records as it is. */
export const EVIDENCE_TITLES: ReadonlySet<string> = new Set([
  ...[
    'optintime',
    'optinip',
    'optindate',
    'optinat',
    'confirmtime',
    'confirmip',
    'confirmedat',
    'confirmationtime',
  ],
  ...[
    'confirmationip',
    'confirmationdate',
    'subscriptiontime',
    'subscriptionip',
    'subscriptiondate',
    'subscribedat',
  ],
  ...[
    'datesubscribed',
    'subscribedon',
    'subscribedate',
    'signupdate',
    'signupip',
    'signupsource',
    'optinsource',
  ],
  ...[
    'subscriptionsource',
    'signupmethod',
    'didthissubscribermanuallyconfirm',
    'doubleoptindate',
    'optinconfirmedat',
  ],
]);

/** A tool's own bookkeeping: useless in a mail, and some of it should not be kept. */
const BOOKKEEPING: ReadonlySet<string> = new Set([
  ...[
    'id',
    'uuid',
    'guid',
    'uid',
    'cid',
    'pk',
    'rowid',
    'recordid',
    'secondaryid',
    'contactid',
    'extid',
    'externalid',
  ],
  ...[
    'leid',
    'euid',
    'userid',
    'wpuserid',
    'memberid',
    'subscriberid',
    'customerid',
    'memberfulid',
    'foreignkey',
  ],
  ...['hash', 'hashemail', 'emailhash', 'emailmd5', 'md5', 'token', 'uniqid', 'uniqueid', 'apikey', 'secret'],
  ...[
    'password',
    'passwordhash',
    'passwordchanged',
    'passworddigest',
    'encryptedpassword',
    'passwd',
    'pwd',
    'salt',
  ],
  ...[
    'createdat',
    'createdon',
    'created',
    'datecreated',
    'createddate',
    'creationdate',
    'createtime',
    'dateadded',
  ],
  ...[
    'updatedat',
    'updatedon',
    'updated',
    'dateupdated',
    'modifiedat',
    'modified',
    'lastmodified',
    'modifiedtime',
  ],
  ...[
    'addedtime',
    'addedat',
    'added',
    'entered',
    'lastchanged',
    'lastactivity',
    'lastseenat',
    'lastactive',
    'timestamp',
  ],
  ...[
    'importedat',
    'importdate',
    'ip',
    'ipaddress',
    'lastip',
    'registrationip',
    'useragent',
    'gmtoff',
    'dstoff',
  ],
  ...[
    'stripecustomerid',
    'stripeconnectedcustomerid',
    'stripeid',
    'giftid',
    'note',
    'notes',
    'numberofbounces',
  ],
  ...[
    'bouncecount',
    'htmlemail',
    'sendthissubscriberhtmlemails',
    'rssfrequency',
    'subscribepage',
    'feedbymail',
    'followup',
  ],
]);

/** Also anything that a tool calls `... password hash`. */
export const isBookkeeping = (title: string): boolean =>
  BOOKKEEPING.has(title) ||
  /password|passwort|motdepasse|contrasena|密码|パスワード/.test(title) ||
  /^(unsubscribe|optout|preferences?|manage|confirm)\w*(url|uri|link|token|hash|key)$/.test(title);

/** Whether a column with this title can only be an attribute, as far as the lists above tell. */
export const isPlainTitle = (title: string): boolean =>
  ![EMAIL_TITLES, NAME_TITLES, LANGUAGE_TITLES, ZONE_TITLES, JSON_TITLES, TAG_TITLES].some((list) =>
    list.includes(title),
  ) &&
  !EVIDENCE_TITLES.has(title) &&
  !isBookkeeping(title);
