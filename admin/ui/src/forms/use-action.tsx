import type { UseFormReturnType } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { fieldTexts, type Refusal, refusalOf } from '../data/refusal.ts';

export type Action<Input> = {
  run(input: Input): void;
  readonly isRunning: boolean;
  /** What was refused the last time; the texts of a form's fields are beside them. */
  readonly refusal: Refusal | undefined;
  reset(): void;
};

/**
 * A change, once at a time: a second click while it runs does nothing. What is refused is put beside the fields of the form that it names; the form
 * keeps what was typed.
 */
export function useAction<Input, Result>({
  work,
  form,
  done,
}: {
  work(input: Input): Promise<Result>;
  // biome-ignore lint/suspicious/noExplicitAny: a form of any values has errors by field.
  form?: UseFormReturnType<any, any>;
  done?(result: Result, input: Input): unknown;
}): Action<Input> {
  const isBusy = useRef(false);
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: (input: Input) => work(input),
    onSuccess: done,
    onError(thrown) {
      const texts = fieldTexts(refusalOf(thrown));
      const known = Object.entries(texts).filter(([field]) => form !== undefined && field in form.getValues());
      if (known.length > 0) form?.setErrors(Object.fromEntries(known));
    },
    onSettled() {
      isBusy.current = false;
    },
  });
  return {
    run(input) {
      // Two clicks can come before the page has shown that the first one was heard.
      if (isBusy.current) return;
      isBusy.current = true;
      mutate(input);
    },
    isRunning: isPending,
    refusal: error === null ? undefined : refusalOf(error),
    reset,
  };
}
