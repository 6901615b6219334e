import { Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import { Icon } from './ui/icon.tsx'

/** How many findings are open, on the home page of those who may see them; nothing where none is. */
export function OpenFindings({ findings }: { findings: { open: number; alarming: number } | null }) {
	const { t } = useWords()
	if (findings === null || findings.open === 0) return null
	const { open, alarming } = findings
	return (
		<p
			className={`notice ${alarming > 0 ? 'notice-alarm' : 'notice-bad'}`}
			role={alarming > 0 ? 'alert' : undefined}
		>
			<Icon name="alarm" /> <Link to="/findings">{t('findings.home', { count: open })}</Link>
			{alarming > 0 ? <> {t('findings.homeAlarming', { count: alarming })}</> : null}
		</p>
	)
}
