/** The package has no types: its lists of function words, by ISO 639-3 code, stand beside helpers that are not used here. */
declare module 'stopword';
