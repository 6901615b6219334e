import { useMemo } from 'react'
import { type TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { AmendmentAnswer } from '#app/utils/amendment-form.server.ts'

/** The errors of the editor's form in the reader's words. */
export function useAmendmentErrors(answer: AmendmentAnswer | undefined): {
	errors: Record<string, string>
	message: string | undefined
} {
	const { t } = useWords()
	return useMemo(
		() => ({
			errors: Object.fromEntries(
				Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey, answer?.numbers)]),
			),
			message: answer?.code ? t(`errors.${answer.code}`, answer.numbers) : undefined,
		}),
		[answer, t],
	)
}
