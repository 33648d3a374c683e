/* Sends the customer back to the shop; without JavaScript there is a button. */
document.querySelector("form[data-auto-submit]").submit();
