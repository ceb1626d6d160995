/** Names that mean a person, in the words of most interfaces. */
export const PERSONAL_NAME =
  /e-?mail|phone|iban|ssn|passport|birth|password|(?:card|account)_?(?:no|num|number)|(?:first|last|full|family|given|holder)_?name|street/i;
