/** Questions asked once: `await confirm({…})` shows a dialog and answers whether the person agreed. Drawn by ConfirmHost. */
import { signal } from '@preact/signals'

export interface Question {
  readonly title: string
  readonly text: string
  readonly yes: string
  readonly danger?: boolean
  /** data-id of the agreeing button. */
  readonly id?: string
}

export const question = signal<(Question & { readonly answer: (agreed: boolean) => void }) | undefined>(undefined)

export const confirm = (next: Question): Promise<boolean> =>
  new Promise((resolve) => {
    question.peek()?.answer(false)
    question.value = {
      ...next,
      answer: (agreed) => {
        question.value = undefined
        resolve(agreed)
      }
    }
  })
