import base from './playwright.config.mjs';

/** `npm run shots`: a picture of every page, in each width, theme and language, to be looked at. */
export default { ...base, testMatch: '*shots.mjs', timeout: 600_000 };
