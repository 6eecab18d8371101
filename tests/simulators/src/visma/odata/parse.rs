//! Reading a `$filter`: tokens, then `or` over `and` over comparisons, with every field looked up.

use std::str::FromStr as _;

use rust_decimal::Decimal;

use super::{CODING_TYPE, Comparison, Filter, Literal, Operand};
use crate::visma::fault::Fault;
use crate::visma::members::{Kind, Member, is_guid, moment};

impl Filter {
    /// Reads a filter over records with these members. The fields in `refused` exist and cannot be filtered on.
    ///
    /// # Errors
    /// 6000 for a filter that is not understood, 6001 for a date that is not one.
    pub fn parse(text: &str, members: &[Member], refused: &[&str]) -> Result<Self, Fault> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, at: 0, members, refused, variable: None };
        let filter = parser.either()?;
        match parser.peek() {
            None => Ok(filter),
            Some(token) => Err(Fault::query(format!("Syntax error at '{}' in the filter.", token.spelled()))),
        }
    }
}

impl Comparison {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "eq" => Self::Equal,
            "ne" => Self::NotEqual,
            "gt" => Self::Greater,
            "ge" => Self::GreaterOrEqual,
            "lt" => Self::Less,
            "le" => Self::LessOrEqual,
            _ => return None,
        })
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Open,
    Close,
    Comma,
    Quoted(String),
    Word(String),
}

impl Token {
    fn spelled(&self) -> &str {
        match self {
            Self::Open => "(",
            Self::Close => ")",
            Self::Comma => ",",
            Self::Quoted(text) | Self::Word(text) => text,
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' => {}
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            ',' => tokens.push(Token::Comma),
            '\'' => {
                let mut quoted = String::new();
                loop {
                    match letters.next() {
                        Some('\'') if letters.peek() == Some(&'\'') => {
                            letters.next();
                            quoted.push('\'');
                        }
                        Some('\'') => break,
                        Some(letter) => quoted.push(letter),
                        None => return Err(Fault::query("A text in the filter has no end.")),
                    }
                }
                tokens.push(Token::Quoted(quoted));
            }
            _ if letter.is_alphanumeric() || "-_./:+".contains(letter) => {
                let mut word = String::from(letter);
                while let Some(next) = letters.next_if(|next| next.is_alphanumeric() || "-_./:+".contains(*next)) {
                    word.push(next);
                }
                tokens.push(Token::Word(word));
            }
            _ => return Err(Fault::query(format!("Syntax error at '{letter}' in the filter."))),
        }
    }
    Ok(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    members: &'a [Member],
    refused: &'a [&'a str],
    variable: Option<String>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn word(&mut self, expected: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(word)) if word == expected);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, expected: &Token) -> Result<(), Fault> {
        if self.peek() == Some(expected) {
            self.at += 1;
            return Ok(());
        }
        Err(Fault::query(format!("'{}' is missing in the filter.", expected.spelled())))
    }

    fn either(&mut self) -> Result<Filter, Fault> {
        let mut left = self.both()?;
        while self.word("or") {
            left = Filter::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Filter, Fault> {
        let mut left = self.single()?;
        while self.word("and") {
            left = Filter::And(Box::new(left), Box::new(self.single()?));
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<Filter, Fault> {
        if self.word("not") {
            return Ok(Filter::Not(Box::new(self.single()?)));
        }
        if self.peek() == Some(&Token::Open) {
            self.at += 1;
            let inner = self.either()?;
            self.expect(&Token::Close)?;
            return Ok(inner);
        }
        if self.word("contains") {
            self.expect(&Token::Open)?;
            let whole = self.operand()?;
            self.expect(&Token::Comma)?;
            let part = self.operand()?;
            self.expect(&Token::Close)?;
            return Ok(Filter::Contains(whole, part));
        }
        if let Some(list) = self.peek().and_then(|token| token.spelled().strip_suffix("/any")).map(str::to_owned) {
            return self.any(list);
        }
        let left = self.operand()?;
        let Some(comparison) = self.peek().and_then(|token| Comparison::parse(token.spelled())) else {
            return Err(Fault::query("A comparison is missing in the filter."));
        };
        self.at += 1;
        let right = self.operand()?;
        comparable(&left, &right)?;
        comparable(&right, &left)?;
        Ok(Filter::Compare(left, comparison, right))
    }

    fn any(&mut self, list: String) -> Result<Filter, Fault> {
        let Some(Kind::Records(inner)) = self.members.iter().find(|member| member.name == list).map(|found| found.kind)
        else {
            return Err(Fault::query(format!("Could not find a list named '{list}'.")));
        };
        self.at += 1;
        self.expect(&Token::Open)?;
        let Some(variable) = self.peek().and_then(|token| token.spelled().strip_suffix(':')).map(str::to_owned) else {
            return Err(Fault::query("any() begins with a name and a colon."));
        };
        self.at += 1;
        let mut within = Parser {
            tokens: self.tokens,
            at: self.at,
            members: inner,
            refused: self.refused,
            variable: Some(variable),
        };
        let filter = within.either()?;
        self.at = within.at;
        self.expect(&Token::Close)?;
        Ok(Filter::Any(list, Box::new(filter)))
    }

    fn operand(&mut self) -> Result<Operand, Fault> {
        let token = self.peek().cloned().ok_or_else(|| Fault::query("The filter ends too soon."))?;
        self.at += 1;
        let word = match token {
            Token::Quoted(text) => return Ok(Operand::Literal(Literal::Text(text))),
            Token::Word(word) => word,
            other => return Err(Fault::query(format!("Syntax error at '{}' in the filter.", other.spelled()))),
        };
        let literal = match word.as_str() {
            "null" => Literal::Null,
            "true" => Literal::Truth(true),
            "false" => Literal::Truth(false),
            "datetime" => return Err(Fault::date("A date in a filter is written bare, in ISO 8601.")),
            _ if is_guid(&word) => Literal::Text(word.to_lowercase()),
            _ => match Decimal::from_str(&word) {
                Ok(number) => Literal::Number(number),
                Err(_) if word.starts_with(|first: char| first.is_ascii_digit()) => match moment(&word) {
                    Some(moment) => Literal::Moment(moment),
                    None => return Err(Fault::date(format!("'{word}' is not a valid date."))),
                },
                Err(_) => return self.field(&word),
            },
        };
        Ok(Operand::Literal(literal))
    }

    fn field(&self, word: &str) -> Result<Operand, Fault> {
        let (negative, path) = word.strip_prefix('-').map_or((false, word), |rest| (true, rest));
        let name = match &self.variable {
            None => path,
            Some(variable) => path.strip_prefix(variable).and_then(|rest| rest.strip_prefix('/')).unwrap_or_default(),
        };
        let coding = name == CODING_TYPE && self.members.iter().any(|member| member.name == "CodingId");
        let kind = if coding {
            Kind::Integer
        } else {
            let found = self.members.iter().find(|member| member.name == name);
            found.ok_or_else(|| Fault::query(format!("Could not find a property named '{path}'.")))?.kind
        };
        if self.refused.contains(&name) {
            return Err(Fault::query(format!("The property '{name}' cannot be used in $filter.")));
        }
        Ok(Operand::Field { name: name.to_owned(), negative, kind })
    }
}

fn comparable(field: &Operand, other: &Operand) -> Result<(), Fault> {
    let (Operand::Field { name, kind, .. }, Operand::Literal(literal)) = (field, other) else { return Ok(()) };
    let fits = match (kind, literal) {
        (_, Literal::Null) => true,
        (Kind::Time, Literal::Moment(_)) => true,
        (Kind::Time, _) => return Err(Fault::date(format!("{name} is compared with something that is not a date."))),
        (Kind::Id | Kind::Text(_), Literal::Text(_)) => true,
        (Kind::Number | Kind::Decimals(_) | Kind::Integer | Kind::Choice(_), Literal::Number(_)) => true,
        (Kind::Truth, Literal::Truth(_)) => true,
        _ => false,
    };
    if fits { Ok(()) } else { Err(Fault::query(format!("{name} is compared with a value of another type."))) }
}
