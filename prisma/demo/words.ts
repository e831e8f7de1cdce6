/** Words from which the demo's people and companies are made up; whoever bears such a name is not meant. */

export const SURNAMES = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕'];
export const GIVEN = [
  '晨曦',
  '子墨',
  '雨桐',
  '浩然',
  '思远',
  '佳怡',
  '明轩',
  '若兰',
  '志远',
  '诗涵',
  '文博',
  '静怡',
  '宇航',
  '梦洁',
  '建国',
  '丽华',
  '海燕',
  '国强',
  '秀英',
  '俊杰',
  '雪梅',
  '天佑',
  '婉清',
  '伟',
  '芳',
  '敏',
  '磊',
  '洋',
  '娜',
  '静',
];
export const FIRST_NAMES = [
  'Alice',
  'Ben',
  'Clara',
  'David',
  'Elena',
  'Frank',
  'Grace',
  'Henry',
  'Irene',
  'Jonas',
  'Karin',
  'Liam',
  'Maria',
  'Noah',
  'Olga',
  'Peter',
  'Rosa',
  'Simon',
  'Tara',
  'Victor',
];
export const LAST_NAMES = [
  'Abel',
  'Brandt',
  'Costa',
  'Dubois',
  'Eriksen',
  'Fischer',
  'Garcia',
  'Hansen',
  'Ivanova',
  'Jensen',
  'Kovacs',
  'Lindgren',
  "O'Neill",
  'Petrov',
  'Rossi',
  'Silva',
  'Tanaka',
  'Varga',
  'Weber',
  'Zhou',
];
export const COMPANY_NAMES = [
  '云岭',
  '蓝海',
  '星禾',
  '恒川',
  '瑞枫',
  '青屿',
  '金穗',
  '远汀',
  '博衡',
  '雅筑',
  '凌波',
  '嘉树',
  '鼎岳',
  '明溪',
  '知行',
  '安澜',
];
export const TRADES = [
  { zh: '贸易', en: 'Trading' },
  { zh: '机械制造', en: 'Machinery' },
  { zh: '物流', en: 'Logistics' },
  { zh: '餐饮管理', en: 'Catering' },
  { zh: '软件科技', en: 'Software' },
  { zh: '建材', en: 'Building Materials' },
  { zh: '医疗器械', en: 'Medical Devices' },
  { zh: '酒店管理', en: 'Hotels' },
];
export const LATIN_COMPANIES = [
  'Lanhua',
  'Northlake',
  'Silverleaf',
  'Redwillow',
  'Bluecliff',
  'Goldfinch',
  'Stonebridge',
  'Meridian',
];
export const STREETS = ['枫林路', '滨江大道', '学府街', '和平路', '青年路', '建设大道', '湖滨路', '科技园南路'];
export const POSITIONS = ['总经理', '财务主管', '工程师', '教师', '医生', '采购经理', 'Director', 'Consultant'];

/** In English and Chinese. */
type Pair = readonly [en: string, zh: string];

export const COMPLAINTS: Readonly<Record<'bank' | 'telecom' | 'broadband', readonly Pair[]>> = {
  bank: [
    ['Statement shows a fee that was never agreed', '对账单出现未约定的收费'],
    ['Waited an hour at the counter in spite of priority', '优先窗口仍排队一小时'],
    ['Nobody called back as promised', '承诺回电未兑现'],
    ['Wealth product explained without its risk', '理财产品未说明风险'],
  ],
  telecom: [
    ['Wrong amount on the bill', '账单金额有误'],
    ['A service was switched on unasked', '未经同意开通业务'],
    ['Calls drop in the whole district', '片区通话频繁掉线'],
    ['Too many messages in one month', '当月短信过多'],
  ],
  broadband: [
    ['Picture freezes on all channels', '全部频道画面卡顿'],
    ['Service fails every evening', '每晚网络中断'],
    ['Installer did not come at the appointed time', '安装人员未按预约上门'],
    ['Programmes ended before the paid period did', '节目未到期即停'],
  ],
};
export const INQUIRIES: readonly Pair[] = [
  ['Which benefits come with the new tier?', '新等级包含哪些权益？'],
  ['How to add a second contact', '如何增加第二联系人'],
  ['Ask for the offers of this month', '咨询本月优惠活动'],
];
export const SOLUTIONS: readonly Pair[] = [
  ['Checked and put right, customer informed', '已核查更正并告知客户'],
  ['Apologised and explained in person', '已当面致歉并说明情况'],
  ['Explained by telephone, customer content', '电话解释，客户满意'],
];
export const CAUSES = ['Tariff table not updated', 'Handover between shifts', '系统参数配置错误', '告知不充分'];
