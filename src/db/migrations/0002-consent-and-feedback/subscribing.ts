export const subscribing = '';
