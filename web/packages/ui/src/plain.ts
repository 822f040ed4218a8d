// What needs no component library: for pages that are small on purpose.
export { IconExternal, IconInbox, IconLive, IconSettings, IconShop } from './icons';
export { Mark } from './pieces/mark';
export { preferredLanguage, rememberedLanguage, setUpWords } from './words';
