// What the pages of the administration are made of.
export { AtColumn, ExpressionField, pieceAt } from './expression_field';
export { NameField, NumberField, WrapUpFields } from './fields';
export { differences, faultsOf, useForm } from './form';
export type { Form } from './form';
export { JsonField, lineOf } from './json_field';
export { PageHead } from './page_head';
export { RemoveButton } from './remove_button';
export { ResourcePage } from './resource_page';
export { SecretDialog } from './secret_dialog';
