// Every statement this process sends to PostgreSQL is published here. With nobody listening it costs one property read.
import { newsChannel } from '../news-channel.ts';

export type StatementSent = { readonly text: string; readonly program: string };

export const statements = newsChannel<StatementSent>('portico:sql');
export const onStatement = statements.on;
