import type { RecordStatus } from '#app/services/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { Icon } from './ui/icon.tsx'
import { Time } from './ui/time.tsx'

/** What is wrong with the record, for whoever opens it: that it is not signed, does not hold, or has fallen behind. */
export function RecordAlarms({ trouble, audit, isBacklogFull }: RecordStatus) {
	const { t } = useWords()
	return (
		<>
			{audit !== null && audit.problems.length > 0 ? (
				<section className="notice notice-alarm" role="alert">
					<p>
						<Icon name="alarm" /> <strong>{t('record.auditBroken')}</strong> <Time at={audit.at} />
					</p>
					<p>{t('record.auditBrokenHelp')}</p>
					<Said problems={audit.problems} />
				</section>
			) : null}
			{trouble === null ? null : (
				<section className="notice notice-alarm" role="alert">
					<p>
						<Icon name="alarm" /> <strong>{t('record.notSigned')}</strong> <Time at={trouble.since} />
					</p>
					<p>{t(`record.trouble_${trouble.state}`)}</p>
					<Said problems={trouble.problems} />
				</section>
			)}
			{isBacklogFull ? <p className="notice notice-bad">{t('record.backlogFull')}</p> : null}
		</>
	)
}

/** The program's own words, in English as in its log: for whoever runs it. */
function Said({ problems }: { problems: readonly string[] }) {
	const { t } = useWords()
	if (problems.length === 0) return null
	return (
		<details>
			<summary>{t('record.details')}</summary>
			<ul className="bullets" lang="en">
				{problems.map((problem) => (
					<li key={problem}>{problem}</li>
				))}
			</ul>
		</details>
	)
}
