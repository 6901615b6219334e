import { useState } from 'react'
import { useWords } from '#app/messages/text.tsx'
import { Button } from './form.tsx'

/** Puts a text into the clipboard, and says so. */
export function CopyButton({ text }: { text: string }) {
	const { t } = useWords()
	const [copied, setCopied] = useState(false)
	const copy = () => {
		void navigator.clipboard.writeText(text).then(() => setCopied(true))
	}
	return (
		<Button type="button" look="small" onClick={copy}>
			<span aria-live="polite">{copied ? t('shell.copied') : t('shell.copy')}</span>
		</Button>
	)
}
