// Countries by the digits their numbers begin with, and whom one calls there in an emergency. For words beside what an administrator
// types; nothing decides by them.

const kCodes =
  '1 003,7 RU,77 KZ,20 EG,27 ZA,30 GR,31 NL,32 BE,33 FR,34 ES,36 HU,39 IT,40 RO,41 CH,43 AT,44 GB,45 DK,46 SE,47 NO,48 PL,49 DE,' +
  '51 PE,52 MX,53 CU,54 AR,55 BR,56 CL,57 CO,58 VE,60 MY,61 AU,62 ID,63 PH,64 NZ,65 SG,66 TH,81 JP,82 KR,84 VN,86 CN,90 TR,91 IN,' +
  '92 PK,93 AF,94 LK,95 MM,98 IR,211 SS,212 MA,213 DZ,216 TN,218 LY,220 GM,221 SN,222 MR,223 ML,224 GN,225 CI,226 BF,227 NE,228 TG,' +
  '229 BJ,230 MU,231 LR,232 SL,233 GH,234 NG,235 TD,236 CF,237 CM,238 CV,239 ST,240 GQ,241 GA,242 CG,243 CD,244 AO,245 GW,248 SC,' +
  '249 SD,250 RW,251 ET,252 SO,253 DJ,254 KE,255 TZ,256 UG,257 BI,258 MZ,260 ZM,261 MG,262 RE,263 ZW,264 NA,265 MW,266 LS,267 BW,' +
  '268 SZ,269 KM,290 SH,291 ER,297 AW,298 FO,299 GL,350 GI,351 PT,352 LU,353 IE,354 IS,355 AL,356 MT,357 CY,358 FI,359 BG,370 LT,' +
  '371 LV,372 EE,373 MD,374 AM,375 BY,376 AD,377 MC,378 SM,380 UA,381 RS,382 ME,383 XK,385 HR,386 SI,387 BA,389 MK,420 CZ,421 SK,' +
  '423 LI,500 FK,501 BZ,502 GT,503 SV,504 HN,505 NI,506 CR,507 PA,508 PM,509 HT,590 GP,591 BO,592 GY,593 EC,594 GF,595 PY,596 MQ,' +
  '597 SR,598 UY,599 CW,670 TL,673 BN,674 NR,675 PG,676 TO,677 SB,678 VU,679 FJ,680 PW,682 CK,683 NU,685 WS,686 KI,687 NC,688 TV,' +
  '689 PF,690 TK,691 FM,692 MH,850 KP,852 HK,853 MO,855 KH,856 LA,880 BD,886 TW,960 MV,961 LB,962 JO,963 SY,964 IQ,965 KW,966 SA,' +
  '967 YE,968 OM,970 PS,971 AE,972 IL,973 BH,974 QA,975 BT,976 MN,977 NP,992 TJ,993 TM,994 AZ,995 GE,996 KG,998 UZ';

const kByCode = new Map(kCodes.split(',').map((one) => one.split(' ') as [string, string]));

const kEmergency =
  'AE 997 998 999,AR 100 107 911,AT 112 122 133 144,AU 000 112,BE 100 101 112,BG 112,BR 190 192 193,CA 911,CH 112 117 118 144,' +
  'CL 131 132 133,CN 110 119 120,CY 112 199,CZ 112 150 155 158,DE 110 112,DK 112 114,EE 112,EG 122 123 180,ES 112,FI 112,' +
  'FR 112 15 17 18,GB 112 999,GR 100 112 166 199,HK 999,HR 112 192 193 194,HU 104 105 107 112,IE 112 999,IL 100 101 102,' +
  'IN 100 101 108 112,IS 112,IT 112 113 115 118,JO 911,JP 110 119,KR 112 119,LT 112,LU 112 113,LV 110 112 113,MA 15 19 177,MT 112,' +
  'MX 911,NL 112,NO 110 112 113,NZ 111,PL 112 997 998 999,PT 112,RO 112,RU 101 102 103 112,SA 911 997 998 999,SE 112,SG 995 999,' +
  'SI 112 113,SK 112 150 155 158,TR 112,UA 101 102 103 112,US 911,ZA 112 10111 10177';

// By the code of the country: "DE" is 110 and 112.
export const kEmergencyByCountry: ReadonlyMap<string, readonly string[]> = new Map(
  kEmergency.split(',').map((one) => {
    const [country = '', ...numbers] = one.split(' ');
    return [country, numbers];
  }),
);

// The country of "+4930…"; null where nothing is known, or a number has no country code.
export function countryOf(prefix: string): string | null {
  const digits = /^(?:\+|00)(\d+)/.exec(prefix)?.[1] ?? '';
  for (let length = Math.min(3, digits.length); length > 0; --length) {
    const country = kByCode.get(digits.slice(0, length));
    if (country) return country;
  }
  return null;
}

export function countryName(country: string, language: string): string {
  return new Intl.DisplayNames([language], { type: 'region' }).of(country) ?? country;
}
