export const audience = '';
