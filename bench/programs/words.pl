# SPDX-License-Identifier: MIT
# Perl at work: hashes of lists, splitting, joining, substitution; a checksum.
use strict;
use warnings;

my $state = 12345;
sub number { return $state = ($state * 1103515245 + 12345) & 0x7fffffff }

my (%seen, $sum);
for my $line (1 .. 75000) {
	my @words = map { sprintf("%x", number() % 4096) } 1 .. 8;
	my $text = join ' ', @words;
	$text =~ s/([a-f])/<$1>/g;
	for my $word (split / /, $text) {
		push @{$seen{$word}}, "$line:$word";
	}
}
for my $word (sort keys %seen) {
	my %lines = map { (split /:/)[0] => length } @{$seen{$word}};
	$sum += $lines{$_} * ($_ % 7) for keys %lines;
}
print scalar(keys %seen), " $sum\n";
