export const choosing = '';
