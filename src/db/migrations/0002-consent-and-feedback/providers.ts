export const providers = '';
