import { boot } from './boot';

void boot({ tab: sessionStorage, browser: localStorage });
