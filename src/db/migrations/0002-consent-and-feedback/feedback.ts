export const feedback = '';
